"""Files as they come in: written to the staging folder while they stream, counted, hashed, and cut at the limit."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

from flask import Request, g, request

from webapp.attachments import storage
from webapp.attachments.errors import AttachmentError
from webapp.attachments.files import Upload
from webapp.attachments.service import MEGABYTE, MessageAttachmentService

TEXT_BYTES = MEGABYTE
"""What a request may hold beside its files: a message of 10,000 characters in any encoding, many times over."""

BUFFER_BYTES = 256 * 1024
_View = TypeVar("_View", bound=Callable[..., object])


def takes_files(view: _View) -> _View:
    """Let the view's requests carry files: as many and as large as the settings say."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def allow_files(asked: Request) -> None:
    """Raise the request's limits to those of a message with files; to be called before its body is read.

    A request that would fit without files is not worth asking for the settings: no limit on a file is that low.
    """
    length = asked.content_length
    if asked.mimetype != "multipart/form-data" or (length is not None and length <= TEXT_BYTES):
        return
    service = MessageAttachmentService()
    largest = service.get_max_file_size_bytes()
    asked.max_content_length = TEXT_BYTES + largest * service.get_max_files()
    g.largest_file = largest


def received(field: str = "files") -> list[Upload]:
    """Return the files of the request in their order; a field in which none was chosen counts for nothing."""
    files = ((file.filename, file.stream) for file in request.files.getlist(field))
    return [stream.upload(name) for name, stream in files if name and isinstance(stream, Staged)]


def has_files(field: str = "files") -> bool:
    """Tell whether the request carries a file, whatever will be said of it."""
    return count_files(field) > 0


def count_files(field: str = "files") -> int:
    """Count the files that were chosen."""
    return sum(1 for file in request.files.getlist(field) if file.filename)


class ParleyRequest(Request):
    """A request whose files go to the staging folder, and never to memory."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return Staged(g.get("largest_file", TEXT_BYTES))  # type: ignore[return-value]


class Staged:
    """One incoming file on the disk, gone when it is closed. Beyond the limit, or on a full disk, it takes no more.

    The rest of the request is still read, so that its text can be shown again beside the refusal.
    """

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.size_bytes = 0
        self.is_cut = False
        self.failed: AttachmentError | None = None
        self._digest = hashlib.sha256()
        self._opened: IO[bytes] | None = None

    def write(self, chunk: bytes) -> int:
        """Take the next bytes of the file."""
        self.size_bytes += len(chunk)
        self.is_cut = self.size_bytes > self.largest
        if not self.is_cut and self.failed is None:
            self._digest.update(chunk)
            try:
                with storage.failing_as_attachment_errors():
                    self._file().write(chunk)
            except AttachmentError as error:
                self.failed = error
        return len(chunk)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """Finish the file: the parser rewinds it when its last byte has come."""
        if self._opened and self.failed is None:
            try:
                with storage.failing_as_attachment_errors():
                    self._opened.flush()
            except AttachmentError as error:
                self.failed = error
        return 0

    def upload(self, filename: str) -> Upload:
        """Return the file as the domain takes it; raises StorageFull or StorageUnavailable if it could not be kept."""
        if self.failed:
            raise self.failed
        path = Path(self._opened.name) if self._opened else Path()
        return Upload(filename, path, self.size_bytes, self._digest.hexdigest(), self.is_cut)

    def close(self) -> None:
        """Remove the file, unless it was moved to its place in the storage."""
        if self._opened:
            with suppress(OSError):  # a full disk refuses the last bytes once more
                self._opened.close()
            Path(self._opened.name).unlink(missing_ok=True)

    def _file(self) -> IO[bytes]:
        if self._opened is None:
            folder = storage.current().staging
            folder.mkdir(parents=True, exist_ok=True)
            descriptor, path = tempfile.mkstemp(dir=folder, prefix="upload-")
            os.close(descriptor)
            self._opened = open(path, "wb", buffering=BUFFER_BYTES)  # noqa: SIM115 - closed with the request
        return self._opened
