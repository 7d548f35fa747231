"""JPEG (ITU T.81): segments up to the end of the image; application data and comments are dropped."""

from __future__ import annotations

import re
import struct
from mmap import mmap

from webapp.attachments.inspection.pieces import Picture, check_size, exif_of, orientation_of
from webapp.attachments.inspection.verdicts import damaged

_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_LEAST_BITS = {0xC0: 2, 0xC1: 2, 0xC2: 1}
"""What a block of 8 by 8 pixels takes at least when it is coded by Huffman: fewer, and the header lies."""

_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
_JFIF, _EXIF, _ICC, _ADOBE = b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
MOST_SEGMENTS, MOST_ICC_BYTES = 2000, 4 * 1024 * 1024
MOST_SCANNED_PIXELS = 400_000_000
"""Pixels times scans: every scan of a progressive image goes over all of it, however short it is."""


def read(content: mmap) -> Picture:
    """Read the segments of an image; raises Refused when they do not lead to its end."""
    found, at = _Found(), 2
    view = memoryview(content)
    for _ in range(MOST_SEGMENTS):
        marker = _MARKER.match(content, at)
        if marker is None:
            raise damaged()
        at, code = marker.end(), content[marker.end() - 1]
        if code == _END:
            return found.picture()
        length = struct.unpack_from(">H", content, at)[0]
        segment, body = view[at - 2 : at + length], view[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise damaged()
        at += length
        found.take(code, segment, body)
        if code == _SCAN:
            end = _NEXT_MARKER.search(content, at)
            if end is None:
                raise damaged()
            found.rest.append(view[at : end.start()])
            found.code_bytes += end.start() - at
            at = end.start()
    raise damaged()


class _Found:
    """What the segments up to now say, and those that are kept."""

    def __init__(self) -> None:
        self.head: list[bytes | memoryview] = []
        self.rest: list[bytes | memoryview] = []
        self.width = self.height = self.components = self.scans = self.icc = self.code_bytes = 0
        self.bits_per_block = 0
        self.orientation, self.is_progressive = 1, False

    def take(self, code: int, segment: memoryview, body: memoryview) -> None:
        """Keep a segment that the picture needs, and note what it says."""
        if code in _FRAMES:
            if self.width or len(body) < 6:
                raise damaged()
            self.height, self.width, self.components = struct.unpack_from(">xHHB", body)
            self.is_progressive = code in _PROGRESSIVE
            self.bits_per_block = _LEAST_BITS.get(code, 0)
        elif code == _SCAN:
            self.scans += 1
            if self.scans > 1 and self.scans * self.width * self.height > MOST_SCANNED_PIXELS:
                raise damaged()
        elif code not in _TABLES:
            self._take_application_data(code, segment, body)
            return
        self.rest.append(segment)

    def picture(self) -> Picture:
        """Put the kept segments together again."""
        if not self.scans or not self.width:
            raise damaged()
        check_size(self.width, self.height)
        blocks = (self.width // 8) * (self.height // 8)
        if self.code_bytes * 8 < blocks * self.bits_per_block:
            raise damaged()
        head = list(self.head)
        if self.orientation != 1:
            exif = _EXIF + exif_of(self.orientation)
            head.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
        samples = self.width * self.height * self.components
        return Picture(
            self.width,
            self.height,
            [b"\xff\xd8", *head, *self.rest, b"\xff\xd9"],
            orientation=self.orientation,
            decoded_bytes=samples * 2 if self.is_progressive else samples // 16,
        )

    def _take_application_data(self, code: int, segment: memoryview, body: memoryview) -> None:
        start = bytes(body[:14])
        if code == 0xE0 and start.startswith(_JFIF) and len(body) >= 14 and not self.head:
            self.head.append(b"\xff\xe0\x00\x10" + start[:12] + b"\0\0")  # without its thumbnail
        elif code == 0xE1 and start.startswith(_EXIF) and self.orientation == 1:
            self.orientation = orientation_of(bytes(body[6:]))
        elif code == 0xE2 and start.startswith(_ICC) and self.icc + len(body) <= MOST_ICC_BYTES:
            self.icc += len(body)
            self.rest.append(segment)
        elif code == 0xEE and start.startswith(_ADOBE):
            self.rest.append(segment)
        elif not 0xE0 <= code <= 0xEF and code != _COMMENT:
            raise damaged()
