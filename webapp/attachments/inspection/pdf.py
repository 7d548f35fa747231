"""PDF: it begins as one, and what it may do when it is opened is found, also in compressed objects."""

from __future__ import annotations

import re
import zlib
from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection.verdicts import mismatch
from webapp.attachments.kinds import Kind

MOST_STREAMS, STREAM_BYTES, ALL_STREAM_BYTES = 500, 2 * 1024 * 1024, 32 * 1024 * 1024
_ACTIVE = {"JavaScript", "JS", "Launch", "RichMedia", "EmbeddedFile", "EmbeddedFiles", "SubmitForm", "ImportData"}
_PLAIN = re.compile(rb"/(?:" + b"|".join(name.encode() for name in sorted(_ACTIVE)) + rb")(?![A-Za-z0-9#])")
_ESCAPED = re.compile(rb"/([A-Za-z]{0,12}#[0-9A-Fa-f]{2}[A-Za-z#0-9]{0,40})")
_OBJECT_STREAM = re.compile(rb"/ObjStm")
_BYTE = re.compile(r"#([0-9A-Fa-f]{2})")


def inspect(content: mmap, kind: Kind, _path: Path) -> dict[str, Any]:
    """Check the beginning, and flag active content."""
    if content[:5] != b"%PDF-":
        raise mismatch(kind)
    return {"has_active_content": _is_active(content) or any(map(_is_active, _object_streams(content)))}


def _is_active(content: mmap | bytes) -> bool:
    if _PLAIN.search(content):
        return True
    for escaped in _ESCAPED.finditer(content):
        name = _BYTE.sub(lambda byte: chr(int(byte[1], 16)), escaped[1].decode("ascii"))
        if name in _ACTIVE:
            return True
    return False


def _object_streams(content: mmap) -> list[bytes]:
    """Inflate the streams that hold objects, each and all of them within bounds."""
    found, budget = [], ALL_STREAM_BYTES
    for count, match in enumerate(_OBJECT_STREAM.finditer(content)):
        begin = content.find(b"stream", match.end(), match.end() + 4096)
        if begin < 0 or count >= MOST_STREAMS or budget <= 0:
            continue
        start = begin + len(b"stream")
        start += 2 if content[start : start + 2] == b"\r\n" else 1
        try:
            inflated = zlib.decompressobj().decompress(content[start : start + STREAM_BYTES], STREAM_BYTES)
        except zlib.error:
            continue
        budget -= len(inflated)
        found.append(inflated)
    return found
