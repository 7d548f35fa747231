"""What people may type: subjects, messages and client keys, cleaned or refused; and what is derived from them."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Sequence

from webapp.messaging.errors import Invalid
from webapp.messaging.models import CONTENT_LENGTH, DRAFT_LENGTH, PREVIEW_LENGTH, SUBJECT_LENGTH


def clean_content(text: str, *, has_files: bool = False) -> str:
    """Return a message's text, kept as typed but for the ends and the kind of line ending.

    Raises Invalid unless 1 to 10,000 characters are left (none are needed with files), or when there are control
    characters or lone surrogates.
    """
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not cleaned and not has_files:
        raise Invalid("content", "required", "Enter a message")
    if len(cleaned) > CONTENT_LENGTH:
        over = len(cleaned) - CONTENT_LENGTH
        raise Invalid(
            "content",
            "too_long",
            f"The message is {over:,} characters too long. It can have {CONTENT_LENGTH:,}.",
        )
    _refuse_control_characters("content", "message", cleaned, allowed="\n\t")
    return cleaned


def clean_draft(text: str) -> str:
    """Return a text that is kept as typed, without what no page can show; raises Invalid above 12,000 characters."""
    if len(text) > DRAFT_LENGTH:
        raise Invalid("content", "too_long", f"A draft can have {DRAFT_LENGTH:,} characters")
    return _as_kept(text)


def kept_of(*texts: str) -> set[str]:
    """Return each text as a draft of it is kept."""
    return {_as_kept(text) for text in texts}


def clean_subject(text: str) -> str:
    """Return a subject of 1 to 200 characters on one line; raises Invalid for any other."""
    _refuse_control_characters("subject", "subject", text.strip(), allowed="")
    cleaned = " ".join(text.split())
    if not cleaned:
        raise Invalid("subject", "required", "Enter a subject")
    if len(cleaned) > SUBJECT_LENGTH:
        raise Invalid(
            "subject",
            "too_long",
            f"The subject must have {SUBJECT_LENGTH} characters or fewer",
        )
    return cleaned


def clean_key(key: str | None) -> str | None:
    """Return an idempotency key in its one form; raises Invalid when it is given and no UUID."""
    if key is None:
        return None
    try:
        return str(uuid.UUID(key))
    except ValueError:
        raise Invalid(
            "client_key",
            "invalid",
            "The key of this form is not valid. Reload the page.",
        ) from None


def without_control_characters(text: str, but: str = "") -> str:
    """Return what was typed without what cannot stand in any text, ``but`` for these characters."""
    return "".join(one for one in text if one in but or unicodedata.category(one) not in {"Cc", "Cs"})


def can_be_sought(text: str) -> bool:
    """Tell whether a database can be asked for the text: nothing there holds a NUL or a lone surrogate."""
    return not any(character == "\x00" or unicodedata.category(character) == "Cs" for character in text)


def preview_of(text: str, filenames: Sequence[str] = ()) -> str:
    """Return the text on one line in at most 140 characters, for lists; without text the names of the files."""
    line = " ".join(text.split())
    if not line and filenames:
        line = f"Attached: {', '.join(filenames)}"
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1].rstrip() + "…"


def fingerprint(*parts: object) -> str:
    """Return the SHA-256 that tells whether two requests under one key are the same request."""
    return hashlib.sha256(json.dumps(parts, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def _as_kept(text: str) -> str:
    return without_control_characters(text.replace("\r\n", "\n").replace("\r", "\n"), but="\n\t")


def _refuse_control_characters(field: str, name: str, text: str, allowed: str) -> None:
    for character in text:
        if character not in allowed and unicodedata.category(character) in {"Cc", "Cs"}:
            raise Invalid(
                field,
                "control_character",
                f"The {name} has a character that cannot be shown (U+{ord(character):04X}). Remove it.",
            )
