"""What is asked of the inspection and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from webapp.attachments.errors import Refusal
from webapp.attachments.kinds import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole upload on the local disk, of which nothing is believed."""

    path: Path
    kind: Kind
    may_be_locked: bool = False
    """Whether an archive may have a password, and so be looked at from outside only."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept. ``path`` is the candidate's, or beside it the same image without its metadata.

    Size and digest are of that file; width and height, of images, as it is shown.
    """

    path: Path
    size_bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None
    has_active_content: bool = False


class Refused(Exception):
    """A file that is refused, from anywhere within its inspection."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, message)


def mismatch(kind: Kind) -> Refused:
    """The content is not what the name says."""
    return Refused("content_mismatch", f"The selected file is not a {kind.label}. Its content does not match its name")


def damaged() -> Refused:
    """The content begins as it should and cannot be read to its end."""
    return Refused("damaged", "The selected file is damaged or incomplete")


def unsafe(what: str) -> Refused:
    """An archive, or a document that is one, that no honest program makes."""
    return Refused("unsafe_archive", f"The selected file cannot be accepted: {what}")
