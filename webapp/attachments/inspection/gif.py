"""GIF (87a and 89a): blocks up to the trailer; comments, text and unknown extensions are dropped."""

from __future__ import annotations

import struct
from mmap import mmap

from webapp.attachments.inspection.pieces import Picture
from webapp.attachments.inspection.verdicts import damaged

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def read(content: mmap) -> Picture:
    """Read the blocks of an image; raises Refused when they do not lead to its end."""
    view = memoryview(content)
    if content[:6] not in {b"GIF87a", b"GIF89a"} or len(content) < 13:
        raise damaged()
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    at = 13 + _table_size(flags)
    pieces: list[bytes | memoryview] = [view[:at]]
    frames, budget = 0, [2000 + len(content) // 32]
    while True:
        start, what = at, content[at]
        if what == _TRAILER:
            break
        if what == _EXTENSION:
            label = content[at + 1]
            name = bytes(content[at + 3 : at + 14]) if label == _APPLICATION else b""
            at = _after_blocks(content, at + 2, budget)
            if label == _CONTROL or name in _LOOPS:
                pieces.append(view[start:at])
        elif what == _IMAGE:
            x, y, across, down, local = struct.unpack_from("<HHHHB", content, at + 1)
            if not across or not down or x + across > width or y + down > height:
                raise damaged()
            at = _after_blocks(content, at + 10 + _table_size(local) + 1, budget)
            frames += 1
            pieces.append(view[start:at])
        else:
            raise damaged()
    if not frames:
        raise damaged()
    return Picture(width, height, [*pieces, b";"], frames, decoded_bytes=width * height)


def _table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: mmap, at: int, budget: list[int]) -> int:
    """Return where the sub-blocks that begin here end; a file of tiny ones is not worth the time."""
    while length := content[at]:
        at += 1 + length
        budget[0] -= 1
        if budget[0] < 0:
            raise damaged()
    return at + 1
