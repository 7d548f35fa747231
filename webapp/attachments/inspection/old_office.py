"""Office files from before 2007: compound files (MS-CFB) that hold the main stream of their program."""

from __future__ import annotations

import struct
from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection.verdicts import mismatch
from webapp.attachments.kinds import Kind

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_STREAMS = {"doc": {"WordDocument"}, "xls": {"Workbook", "Book"}, "ppt": {"PowerPoint Document"}}
_ENTRY, _LAST_SECTOR, _MOST_SECTORS = 128, 0xFFFFFFFA, 4096


def inspect(content: mmap, kind: Kind, _path: Path) -> dict[str, Any]:
    """Check that it is a compound file of the program. One whose directory nobody can read is only a download."""
    if content[:8] != MAGIC:
        raise mismatch(kind)
    names = stream_names(content)
    if names and names.isdisjoint(_MAIN_STREAMS[kind.extension]):
        raise mismatch(kind)
    return {}


def stream_names(content: mmap) -> set[str]:
    """Return the names in the directory of a compound file, empty when it cannot be read."""
    try:
        shift = struct.unpack_from("<H", content, 30)[0]
        if shift not in {9, 12}:
            return set()
        size = 1 << shift
        fat = _table(content, size)
        sector = struct.unpack_from("<I", content, 48)[0]
        names: set[str] = set()
        for _ in range(_MOST_SECTORS):
            if sector >= _LAST_SECTOR:
                return names
            start = (sector + 1) * size
            for entry in range(start, start + size, _ENTRY):
                length = struct.unpack_from("<H", content, entry + 64)[0]
                if 2 < length <= 64:
                    names.add(content[entry : entry + length - 2].decode("utf-16-le", "replace"))
            sector = fat[sector]
    except (struct.error, IndexError):
        return set()
    return set()


def _table(content: mmap, size: int) -> list[int]:
    """Return the file allocation table, as far as the header lists it: enough for the directory of most files."""
    table: list[int] = []
    for sector in struct.unpack_from("<109I", content, 76):
        if sector < _LAST_SECTOR:
            table += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    return table
