"""Text and CSV: characters of Unicode and nothing else; it is served as text whatever it looks like."""

from __future__ import annotations

import codecs
from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection.verdicts import Refused
from webapp.attachments.kinds import Kind

CHUNK = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def inspect(content: mmap, _kind: Kind, _path: Path) -> dict[str, Any]:
    """Decode all of it: UTF-8, or what a byte order mark declares."""
    encoding = next((name for mark, name in _MARKS if content[: len(mark)] == mark), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        for start in range(0, len(content), CHUNK):
            text = decoder.decode(content[start : start + CHUNK], final=start + CHUNK >= len(content))
            if "\x00" in text:
                raise _not_text()
    except UnicodeDecodeError:
        raise _not_text() from None
    return {}


def _not_text() -> Refused:
    return Refused("not_text", "The selected file is not plain text in UTF-8. Save it as UTF-8 and attach it again")
