"""Copying every file into another storage while people go on sending; run again until nothing is left to copy."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from webapp.attachments import storage
from webapp.attachments.content_disposition import content_disposition
from webapp.attachments.errors import FileMissing
from webapp.attachments.models import MessageAttachment
from webapp.attachments.storage import Storage
from webapp.database import reading, session

BATCH = 500


@dataclass(frozen=True, slots=True)
class Copied:
    """One file: whether it was copied now, and what is wrong with it, if anything is."""

    storage_path: str
    size_bytes: int
    is_new: bool
    problem: str = ""


def copy_all(target: Storage) -> Iterator[Copied]:
    """Copy each file that the target lacks, and yield all; a copy is compared with its row before it is kept.

    Only reads here: the storage in use stays as it is until the settings name the other one.
    """
    last: UUID | None = None
    while True:
        statement = select(MessageAttachment).order_by(MessageAttachment.id).limit(BATCH)
        if last is not None:
            statement = statement.where(MessageAttachment.id > last)
        with reading():
            rows = session.scalars(statement).all()
            session.expunge_all()
        if not rows:
            return
        for row in rows:
            yield _copy(row, target)
        last = rows[-1].id


def _copy(row: MessageAttachment, target: Storage) -> Copied:
    if _has(target, row):
        return Copied(row.storage_path, row.size_bytes, is_new=False)
    source = storage.current()
    source.staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=source.staging, prefix="move-") as folder:
        copy, digest = Path(folder) / "copy", hashlib.sha256()
        try:
            with copy.open("wb") as file:
                for chunk in source.read(row.storage_path, 0, row.size_bytes):
                    digest.update(chunk)
                    file.write(chunk)
        except FileMissing:
            return Copied(row.storage_path, row.size_bytes, is_new=False, problem=_why_missing(row))
        if digest.hexdigest() != row.sha256:
            return Copied(row.storage_path, row.size_bytes, is_new=False, problem="is not what was sent")
        headers = {"Content-Type": row.mime_type, "Content-Disposition": content_disposition(row.filename)}
        target.put(copy, row.storage_path, headers)
    return Copied(row.storage_path, row.size_bytes, is_new=True)


def _has(target: Storage, row: MessageAttachment) -> bool:
    try:
        return target.find(row.storage_path).size_bytes == row.size_bytes
    except FileMissing:
        return False


def _why_missing(row: MessageAttachment) -> str:
    """A message may have been taken away since the row was read: then nothing is wrong."""
    with reading():
        still = session.scalar(select(MessageAttachment.id).where(MessageAttachment.id == row.id))
    return "is missing" if still else ""
