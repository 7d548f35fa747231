"""Files as they come in: written to the staging folder while they stream, counted, hashed, and cut at the limit."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from flask import Request, g, request
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.formparser import FormDataParser

from webapp.attachments import storage
from webapp.attachments.errors import AttachmentError
from webapp.attachments.files import Upload
from webapp.attachments.service import MEGABYTE, MessageAttachmentService
from webapp.doors.parsing import StrictParser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TEXT_BYTES = MEGABYTE
"""What a request may hold beside its files: a message of 10,000 characters in any encoding, many times over."""

BUFFER_BYTES = 256 * 1024

WHOLE = "parley.whole"
"""The mark in the scope, where no request can put it, that the server had read the body before it asked."""

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
    """Count the files that were chosen; a form that cannot be read has none, and its view refuses it."""
    with suppress(HTTPException):
        return sum(1 for file in request.files.getlist(field) if file.filename)
    return 0


def is_whole() -> bool:
    """Tell whether the body of this request had come before anybody worked on it."""
    environ = request.environ
    return isinstance(environ["wsgi.input"], BytesIO) or WHOLE in environ.get("asgi.scope", ())


class ParleyRequest(Request):
    """A request whose files go to the staging folder, and never to memory; a form that cannot be read is a 400."""

    unreadable: HTTPException | None = None
    """Why the form cannot be read: the same however often it is asked for, though its bytes are gone."""

    def __init__(self, environ: WSGIEnvironment, *args: Any, **kwargs: Any) -> None:
        if "asgi.scope" in environ and "CONTENT_LENGTH" not in environ:
            environ["wsgi.input_terminated"] = True  # a2wsgi ends a chunked body where it ends, but does not say so
        super().__init__(environ, *args, **kwargs)

    def make_form_data_parser(self) -> FormDataParser:
        """Return a parser that raises for what it cannot read, instead of taking it for an empty form."""
        return StrictParser(
            self._get_file_stream,
            self.max_form_memory_size,
            self.max_content_length,
            self.parameter_storage_class,
            silent=False,
            max_form_parts=self.max_form_parts,
        )

    def _load_form_data(self) -> None:
        if self.unreadable:
            raise self.unreadable
        try:
            super()._load_form_data()
        except HTTPException as error:
            self.unreadable = error
            raise
        except ValueError as error:
            self.unreadable = BadRequest("The form cannot be read")
            raise self.unreadable from error

    _staged: Sequence[Staged] = ()

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        staged = Staged(g.get("largest_file", TEXT_BYTES))
        self._staged = [*self._staged, staged]
        return staged  # type: ignore[return-value]

    def close(self) -> None:
        """Remove the files of the request, one whose end never came too."""
        super().close()
        for staged in self._staged:
            staged.close()


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
