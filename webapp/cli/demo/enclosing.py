"""Files on their way into the demo: staged, then inspected and stored like anybody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from uuid import uuid4

from webapp.attachments import storage
from webapp.attachments.files import Upload
from webapp.cli.demo import pictures


def named(words: str) -> dict[str, bytes]:
    """Return the files that a talk calls ``photos 3``, by name, or ``documents``; photos are numbered by their talk."""
    if words == "documents":
        return pictures.documents()
    _, count, first = words.split()
    return {f"IMG_{2100 + number}.jpg": pictures.photo(number) for number in range(int(first), int(first) + int(count))}


@contextmanager
def staged(files: Mapping[str, bytes]) -> Iterator[list[Upload]]:
    """Lay the files into the staging folder for as long as it takes to store them."""
    folder = storage.current().staging
    folder.mkdir(parents=True, exist_ok=True)
    uploads = [
        Upload(name, folder / f"demo-{uuid4()}", len(content), sha256(content).hexdigest())
        for name, content in files.items()
    ]
    try:
        for upload, content in zip(uploads, files.values(), strict=True):
            upload.path.write_bytes(content)
        yield uploads
    finally:
        for upload in uploads:
            upload.path.unlink(missing_ok=True)
