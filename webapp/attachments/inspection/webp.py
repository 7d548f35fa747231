"""WebP (RFC 9649): the chunks of pictures and animations; all metadata but the orientation is dropped."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap

from webapp.attachments.inspection.pieces import Picture, exif_of, orientation_of
from webapp.attachments.inspection.verdicts import damaged

_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04
MOST_ICC_BYTES = 4 * 1024 * 1024


def read(content: mmap) -> Picture:
    """Read the chunks of an image; raises Refused when they do not fit each other."""
    view = memoryview(content)
    end = struct.unpack_from("<I", content, 4)[0] + 8
    if end > len(content):
        raise damaged()
    canvas: tuple[int, int] | None = None
    stored: tuple[int, int] | None = None
    flags, frames, orientation = 0, 0, 1
    pieces: list[bytes | memoryview] = []
    for name, body, chunk in _chunks(content, view, 12, end):
        if name == b"VP8X" and canvas is None and len(body) >= 10:
            flags = body[0]
            canvas = (_24(body, 4) + 1, _24(body, 7) + 1)
            continue
        if name in {b"VP8 ", b"VP8L"} and stored is None:
            stored = _size(name, body)
        elif name == b"ANMF":
            frames += 1
            _check_frame(body, canvas)
        elif name == b"EXIF":
            exif = bytes(body[:65536])
            orientation = orientation_of(exif.removeprefix(b"Exif\0\0"))
        if name in _KEPT and name != b"VP8X" and not (name == b"ICCP" and len(body) > MOST_ICC_BYTES):
            pieces.append(chunk)
    size = canvas or stored
    if size is None or (not frames and stored != size):
        raise damaged()
    return Picture(
        *size, _assembled(pieces, canvas, flags, orientation), max(frames, 1), orientation, size[0] * size[1] * 4
    )


def _assembled(
    pieces: list[bytes | memoryview], canvas: tuple[int, int] | None, flags: int, orientation: int
) -> list[bytes | memoryview]:
    pieces = list(pieces)
    if canvas:
        flags &= ~(_EXIF_FLAG | _XMP_FLAG)
        if orientation != 1:
            flags |= _EXIF_FLAG
            exif = exif_of(orientation)
            pieces.append(b"EXIF" + struct.pack("<I", len(exif)) + exif + b"\0" * (len(exif) % 2))
        width, height = ((side - 1).to_bytes(3, "little") for side in canvas)
        pieces.insert(0, b"VP8X" + struct.pack("<IB3x", 10, flags) + width + height)
    return [b"RIFF" + struct.pack("<I", 4 + sum(map(len, pieces))) + b"WEBP", *pieces]


def _chunks(
    content: mmap | memoryview, view: memoryview, at: int, end: int
) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    for _ in range(2000):
        if at + 8 > end:
            return
        name, length = struct.unpack_from("<4sI", content, at)
        body = view[at + 8 : at + 8 + length]
        if len(body) != length or at + 8 + length > end:
            raise damaged()
        padded = at + 8 + length + length % 2
        yield name, body, view[at : min(padded, end)]
        at = padded
    raise damaged()


def _size(name: bytes, body: memoryview) -> tuple[int, int]:
    """Return the size that a bitstream itself says."""
    if name == b"VP8L":
        if len(body) < 5 or body[0] != 0x2F:
            raise damaged()
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(body) < 10 or bytes(body[3:6]) != b"\x9d\x01\x2a":
        raise damaged()
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _check_frame(body: memoryview, canvas: tuple[int, int] | None) -> None:
    if canvas is None or len(body) < 16:
        raise damaged()
    x, y, width, height = _24(body, 0) * 2, _24(body, 3) * 2, _24(body, 6) + 1, _24(body, 9) + 1
    if x + width > canvas[0] or y + height > canvas[1]:
        raise damaged()
    inner = [(name, part) for name, part, _ in _chunks(body, body, 16, len(body))]
    pictures = [_size(name, part) for name, part in inner if name in {b"VP8 ", b"VP8L"}]
    if pictures != [(width, height)] or any(name not in {b"VP8 ", b"VP8L", b"ALPH"} for name, _ in inner):
        raise damaged()


def _24(body: memoryview, at: int) -> int:
    return int.from_bytes(body[at : at + 3], "little")
