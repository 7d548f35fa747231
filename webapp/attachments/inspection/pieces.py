"""What the readers of image formats give: the pieces to keep, and what they found out; and the one tag of EXIF kept."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from mmap import mmap

from webapp.attachments.inspection.verdicts import Refused, damaged

Content = mmap | memoryview | bytes
MOST_PIXELS, MOST_FRAMES, LONGEST_SIDE = 40_000_000, 100, 65_535
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in pieces: size as it is stored, the EXIF orientation 1 to 8, and an estimate of what decoding needs."""

    width: int
    height: int
    pieces: Iterable[bytes | memoryview]
    frames: int = 1
    orientation: int = 1
    decoded_bytes: int = 0


def check_size(width: int, height: int, frames: int = 1) -> None:
    """Refuse what would be too much to show."""
    if not width or not height:
        raise damaged()
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("too_many_pixels", "The selected image must have 40 megapixels or fewer")
    if frames > MOST_FRAMES:
        raise Refused("too_many_frames", f"The selected image must have {MOST_FRAMES} frames or fewer")


def orientation_of(exif: bytes) -> int:
    """Return the orientation that a TIFF header and its first directory say; 1 when they say nothing sensible."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        start = struct.unpack_from(f"{order}I", exif, 4)[0]
        count = struct.unpack_from(f"{order}H", exif, start)[0]
        for entry in range(start + 2, start + 2 + 12 * min(count, 200), 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, entry)
            if tag == _ORIENTATION:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def exif_of(orientation: int) -> bytes:
    """Return the smallest EXIF: an orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
