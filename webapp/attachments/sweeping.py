"""Rows and files against each other, without a viewer: what a crash left behind, and what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from webapp.attachments import storage
from webapp.attachments.models import MessageAttachment
from webapp.attachments.paths import FILES, PREVIEWS, file_of_preview
from webapp.attachments.storage import Listed
from webapp.database import now, reading, session

LEFT_AFTER = timedelta(hours=1)
"""A file this old without a row has lost its message: no send takes that long."""

BATCH = 500


def left_behind() -> Iterator[Listed]:
    """Yield stored files and previews that belong to no attachment, once they are an hour old."""
    before = now() - LEFT_AFTER
    for prefix in (FILES, PREVIEWS):
        old = (found for found in storage.current().list(prefix) if found.modified_at < before)
        for _, numbered in groupby(enumerate(old), lambda one: one[0] // BATCH):
            batch = [found for _, found in numbered]
            wanted = {found.path: _stem(found.path) for found in batch}
            known = _known_stems(set(wanted.values()))
            yield from (found for found in batch if wanted[found.path] not in known)


def left_in_staging() -> Iterator[Path]:
    """Yield what interrupted uploads left in the staging folder, once it is an hour old."""
    before = now() - LEFT_AFTER
    folder = storage.current().staging
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            yield path


def sweep() -> Iterator[tuple[str, int]]:
    """Remove what was left behind, and yield the path and the size in bytes of each."""
    for found in left_behind():
        storage.current().delete(found.path)
        yield found.path, found.size_bytes
    for path in left_in_staging():
        size = 0 if path.is_dir() else path.stat().st_size
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        yield path.name, size


def rows_without_their_file() -> Iterator[str]:
    """Yield, month by month, the attachments whose file is missing or has another size, with what is wrong."""
    last = ""
    while True:
        with reading():
            rows = session.execute(
                select(MessageAttachment.storage_path, MessageAttachment.size_bytes, MessageAttachment.id)
                .where(MessageAttachment.storage_path > last)
                .order_by(MessageAttachment.storage_path)
                .limit(BATCH)
            ).all()
        if not rows:
            return
        last = rows[-1].storage_path
        for folder, of_folder in groupby(rows, lambda row: row.storage_path.rpartition("/")[0]):
            sizes = {found.path: found.size_bytes for found in storage.current().list(folder)}
            for row in of_folder:
                size = sizes.get(row.storage_path)
                if size is None:
                    yield f"{row.id} is missing"
                elif size != row.size_bytes:
                    yield f"{row.id} has {size:,} bytes instead of {row.size_bytes:,}"


def _stem(path: str) -> str:
    return file_of_preview(path) if path.startswith(PREVIEWS) else path.rpartition(".")[0]


def _number(stem: str) -> UUID | None:
    try:
        return UUID(stem.rpartition("/")[2])
    except ValueError:
        return None


def _known_stems(stems: set[str]) -> set[str]:
    """Return those of the paths, without extension, that an attachment has; the name of the file is its id."""
    numbers = {number for stem in stems if (number := _number(stem))}
    with reading():
        paths = session.scalars(select(MessageAttachment.storage_path).where(MessageAttachment.id.in_(numbers)))
        return {path.rpartition(".")[0] for path in paths}
