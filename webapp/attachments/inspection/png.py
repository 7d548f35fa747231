"""PNG and APNG (W3C): chunks with right checksums, pixels that inflate to the size the header says, no text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from mmap import mmap

from webapp.attachments.inspection.pieces import Picture, check_size, exif_of, orientation_of
from webapp.attachments.inspection.verdicts import damaged

CHUNK = 64 * 1024
MOST_ICC_BYTES = 4 * 1024 * 1024
_KEPT = set(b"PLTE tRNS gAMA cHRM sRGB sBIT bKGD pHYs hIST cICP mDCV cLLI acTL fcTL fdAT IDAT".split())
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_ADAM7 = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read(content: mmap) -> Picture:
    """Read the chunks of an image and inflate its pixels; raises Refused when anything does not fit."""
    view = memoryview(content)
    pieces: list[bytes | memoryview] = [_SIGNATURE]
    pixels: list[memoryview] = []
    header: tuple[int, ...] = ()
    orientation, frames = 1, 0
    for name, body, chunk in _chunks(content, view):
        if not header:
            if name != b"IHDR" or len(body) != 13:
                raise damaged()
            header = struct.unpack(">IIBBBBB", body)
            check_size(header[0], header[1])
            pieces.append(chunk)
        elif name in _KEPT:
            pieces.append(chunk)
            if name == b"IDAT":
                pixels.append(body)
            elif name == b"fcTL":
                frames += 1
                _check_frame(body, header)
        elif name == b"iCCP" and _is_sensible_profile(bytes(body[:MOST_ICC_BYTES])):
            pieces.append(chunk)
        elif name == b"eXIf":
            orientation = orientation_of(bytes(body[:4096]))
    if orientation != 1:
        exif = b"eXIf" + exif_of(orientation)
        pieces.insert(2, struct.pack(">I", len(exif) - 4) + exif + struct.pack(">I", zlib.crc32(exif)))
    _check_pixels(pixels, header)
    end = b"IEND"
    pieces.append(struct.pack(">I", 0) + end + struct.pack(">I", zlib.crc32(end)))
    needed = header[0] * header[1] * 4
    return Picture(header[0], header[1], pieces, max(frames, 1), orientation, needed)


def _chunks(content: mmap, view: memoryview) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Yield name, body and whole chunk up to IEND; what follows it is not looked at."""
    at, most = len(_SIGNATURE), 2000 + len(content) // 256
    for _ in range(most):
        if at + 12 > len(content):
            raise damaged()
        length, name = struct.unpack_from(">I4s", content, at)
        body = view[at + 8 : at + 8 + length]
        if len(body) != length or at + 12 + length > len(content):
            raise damaged()
        if zlib.crc32(view[at + 4 : at + 8 + length]) != struct.unpack_from(">I", content, at + 8 + length)[0]:
            raise damaged()
        if name == b"IEND":
            return
        yield name, body, view[at : at + 12 + length]
        at += 12 + length
    raise damaged()


def _check_frame(body: memoryview, header: tuple[int, ...]) -> None:
    if len(body) != 26:
        raise damaged()
    _, width, height, x, y = struct.unpack_from(">IIIII", body)
    if not width or not height or x + width > header[0] or y + height > header[1]:
        raise damaged()


def _is_sensible_profile(body: bytes) -> bool:
    name, zero, packed = body.partition(b"\0")
    if not zero or len(name) > 79 or packed[:1] != b"\0":
        return False
    try:
        inflater = zlib.decompressobj()
        inflater.decompress(packed[1:], MOST_ICC_BYTES)
    except zlib.error:
        return False
    return inflater.eof


def _check_pixels(pixels: list[memoryview], header: tuple[int, ...]) -> None:
    """Inflate the pixels without keeping them: every row is there with a filter that exists, and no more."""
    if not header:
        raise damaged()
    width, height, depth, colour, packing, filtering, interlace = header
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlace > 1:
        raise damaged()
    bits = _SAMPLES[colour] * depth
    passes = [(1, width, height)] if not interlace else _passes(width, height)
    rows = [(1 + (across * bits + 7) // 8, down) for _, across, down in passes if across and down]
    expected = sum(length * count for length, count in rows)
    starts = _row_starts(rows)
    due, seen = next(starts), 0
    for piece in _inflated(pixels, expected):
        while due < seen + len(piece):
            if piece[due - seen] > 4:
                raise damaged()
            due = next(starts, expected + 1)
        seen += len(piece)
    if seen != expected:
        raise damaged()


def _passes(width: int, height: int) -> list[tuple[int, int, int]]:
    return [
        (1, (width - x + step_x - 1) // step_x, (height - y + step_y - 1) // step_y)
        for x, step_x, y, step_y in _ADAM7
        if width > x and height > y
    ]


def _row_starts(rows: list[tuple[int, int]]) -> Iterator[int]:
    at = 0
    for length, count in rows:
        for _ in range(count):
            yield at
            at += length


def _inflated(pixels: list[memoryview], expected: int) -> Iterator[bytes]:
    inflater, total = zlib.decompressobj(), 0
    try:
        for body in pixels:
            for start in range(0, len(body), CHUNK):
                packed = bytes(body[start : start + CHUNK])
                while packed and not inflater.eof:
                    piece = inflater.decompress(packed, CHUNK * 4)
                    packed = inflater.unconsumed_tail
                    total += len(piece)
                    if total > expected:
                        raise damaged()
                    yield piece
    except zlib.error:
        raise damaged() from None
    rest = inflater.flush() if not inflater.eof else b""
    if total + len(rest) > expected:
        raise damaged()
    yield rest
