"""What attachments refuse, and what their storage fails at; doors turn these into answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one file cannot be accepted: a code for programs, and a sentence for people without the file's name."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A refused file: its place among those of the request, its name, and why."""

    index: int
    filename: str
    why: Refusal


class AttachmentError(Exception):
    """Something about a file that was refused or failed; ``message`` is in words for the person who asked."""

    message = "The file cannot be used"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class FilesRefused(AttachmentError):
    """Files that cannot be accepted, all of them at once; nothing was kept of the others."""

    def __init__(self, files: Sequence[RefusedFile], message: str | None = None) -> None:
        super().__init__(
            message
            or (f"{files[0].filename} cannot be sent" if len(files) == 1 else f"{len(files)} files cannot be sent")
        )
        self.files = tuple(files)

    @property
    def is_too_large(self) -> bool:
        """Whether size alone is what stands in the way."""
        return bool(self.files) and all(file.why.code == "too_large" for file in self.files)


class FileMissing(AttachmentError):
    """The storage has no such file."""

    message = "This file is not there any more"


class PreviewFailed(AttachmentError):
    """The image cannot be shown small: it could not be decoded in time."""

    message = "This image cannot be shown. Download it instead."


class StorageFull(AttachmentError):
    """There is no room for another file."""

    message = "There is no room to keep files at the moment. Your message was not sent."


class QuotaReached(StorageFull):
    """The files of the store take as much room as they may."""

    message = "There is no room left for files of this store. Delete some, or send the message without its files."


class StorageUnavailable(AttachmentError):
    """The storage cannot be reached or written, or takes too long."""

    message = "Files cannot be kept at the moment. Your message was not sent. Try again in a few minutes."
