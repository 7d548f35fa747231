"""Where files lie: a folder of this machine, or a bucket that speaks S3; one interface, the same paths below both."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from webapp.attachments.errors import AttachmentError, FileMissing, StorageFull, StorageUnavailable

if TYPE_CHECKING:
    from obstore import ObjectMeta

CHUNK_BYTES = 256 * 1024
ANSWER_SECONDS, RETRIES = 20, 2
"""How long a bucket may take for one answer, and how often it is asked again."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that the storage has."""

    path: str
    size_bytes: int
    modified_at: datetime


class Storage(Protocol):
    """Keeps files under paths such as ``uploads/messages/2026/11/1042/<uuid>.pdf``.

    Every method raises StorageUnavailable when the storage does not answer, and FileMissing for a path without file.
    """

    staging: Path
    """A local folder for files that are being received."""

    def put(self, source: Path, path: str, headers: dict[str, str]) -> None:
        """Move a local file there for good: afterwards it survives a power cut. Raises StorageFull.

        ``headers`` are what a redirected download answers with, where downloads are redirected.
        """

    def read(self, path: str, start: int, length: int) -> Iterator[bytes]:
        """Begin to read a part of a file; what cannot be opened raises now, not at the first chunk."""

    def find(self, path: str) -> Listed:
        """Return what the storage knows about a file."""

    def link(self, path: str, seconds: int) -> str | None:
        """Return an address from which anybody may fetch the file for so long; None where there is no such thing."""

    def delete(self, path: str) -> None:
        """Remove a file; one that is not there is no error."""

    def list(self, prefix: str) -> Iterator[Listed]:
        """Yield what lies below a folder."""

    def check(self) -> None:
        """Raise unless files could be stored now, as far as can be told without storing one."""


class _ObjectStore:
    """What a folder and a bucket do alike, through obstore."""

    def __init__(self, store: LocalStore | S3Store, staging: Path) -> None:
        self.store = store
        self.staging = staging

    def read(self, path: str, start: int, length: int) -> Iterator[bytes]:
        with _translated():
            found = obstore.get(self.store, path, options={"range": (start, start + length)})
        return _chunks(found)

    def find(self, path: str) -> Listed:
        with _translated():
            return _listed(obstore.head(self.store, path))

    def delete(self, path: str) -> None:
        with suppress(FileMissing), _translated():
            obstore.delete(self.store, path)

    def list(self, prefix: str) -> Iterator[Listed]:
        with _translated():
            for batch in obstore.list(self.store, prefix):
                yield from map(_listed, batch)


class LocalStorage(_ObjectStore):
    """A folder. A file is complete and on the disk before it gets its name."""

    def __init__(self, root: Path) -> None:
        super().__init__(LocalStore(prefix=root, mkdir=True), root / "tmp")
        self.root = root

    def put(self, source: Path, path: str, headers: dict[str, str]) -> None:  # noqa: ARG002
        target = self.root / path
        with _translated():
            made = _make_folders(target.parent)
            _sync(source)
            source.replace(target)
            for folder in (target.parent, *made):
                _sync(folder)

    def link(self, path: str, seconds: int) -> str | None:  # noqa: ARG002
        return None

    def check(self) -> None:
        with _translated():
            self.staging.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.staging) as probe:
                probe.write(b"ready")


class BucketStorage(_ObjectStore):
    """A bucket. A file is there as soon as the bucket has answered."""

    def __init__(self, url: str) -> None:
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        self.bucket = S3Store.from_url(
            url,
            client_options={"connect_timeout": "3s", "timeout": f"{ANSWER_SECONDS}s", "allow_http": plain},
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=ANSWER_SECONDS)},
        )
        super().__init__(self.bucket, Path(tempfile.gettempdir()) / "parley-uploads")

    def put(self, source: Path, path: str, headers: dict[str, str]) -> None:
        with _translated(), source.open("rb") as file:
            obstore.put(self.store, path, file, attributes=headers)
        source.unlink()

    def link(self, path: str, seconds: int) -> str | None:
        with _translated():
            return obstore.sign(self.bucket, "GET", path, timedelta(seconds=seconds))

    def check(self) -> None:
        with suppress(FileMissing):
            self.find("ready")


def open_storage(url: str, root: Path) -> Storage:
    """Open the storage of a setting: ``file:`` and a folder, relative to the root, or ``s3://bucket/prefix``."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        return BucketStorage(url)
    if parts.scheme == "file" and parts.path and parts.netloc in {"", "localhost"}:
        return LocalStorage(root / parts.path)
    raise ValueError(f"{url!r} is no storage")


class _Bound:
    """Stands for the storage of the running application; create_app() binds the real one."""

    def __init__(self) -> None:
        self.find: Callable[[], Storage] | None = None

    def __call__(self) -> Storage:
        if self.find is None:
            raise RuntimeError("no application has bound the storage")
        return self.find()


current = _Bound()
"""``current()`` is the storage of the running application."""


@contextmanager
def failing_as_attachment_errors() -> Iterator[None]:
    """Turn what disks and buckets raise into AttachmentErrors; for files that are being received, too."""
    try:
        yield
    except AttachmentError:
        raise
    except FileNotFoundError as error:
        raise FileMissing from error
    except (OSError, BaseError) as error:
        if getattr(error, "errno", None) in _FULL:
            raise StorageFull from error
        raise StorageUnavailable from error


_translated = failing_as_attachment_errors


def _chunks(found: obstore.GetResult) -> Iterator[bytes]:
    with _translated():
        for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)


def _listed(found: ObjectMeta) -> Listed:
    return Listed(found["path"], found["size"], found["last_modified"])


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and return those that got a new entry by it."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return [one.parent for one in missing]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
