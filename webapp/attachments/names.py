"""The name that people see: one line in any script, without a path and without what cannot be seen."""

from __future__ import annotations

import unicodedata

LENGTH = 120
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_NOTHING_SHOWN = set("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5") | {chr(code) for code in range(0xFE00, 0xFE10)}
"""Letters and marks that look like nothing."""


def display_name(raw: str) -> str:
    """Return a name of 1 to 120 characters; its extension is kept, and any script stays readable."""
    base = unicodedata.normalize("NFC", raw).replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(one for one in base if not _is_invisible(one))
    name = unicodedata.normalize("NFC", _trimmed(seen))
    if len(name) > LENGTH:
        stem, dot, extension = name.rpartition(".")
        short = dot and stem and len(extension) < LENGTH // 2
        name = _trimmed(stem[: LENGTH - len(extension) - 1]) + dot + extension if short else _trimmed(name[:LENGTH])
    return name or "file"


def _trimmed(name: str) -> str:
    return " ".join(name.split()).strip(". ")


def _is_invisible(one: str) -> bool:
    """Whitespace is not: it becomes a space."""
    if one.isspace():
        return False
    return unicodedata.category(one) in _INVISIBLE or one in _NOTHING_SHOWN
