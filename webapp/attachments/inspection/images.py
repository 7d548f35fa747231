"""Images: read piece by piece, rewritten without metadata and without what follows their end, then decoded."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module
from io import SEEK_END
from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection.pieces import MOST_PIXELS, Picture, check_size
from webapp.attachments.inspection.verdicts import Refused, damaged, mismatch
from webapp.attachments.kinds import Kind

MOST_DECODED_BYTES = 64 * 1024 * 1024
"""Decoding is the proof that an image is one. What would need more memory is believed by its structure."""

_SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True)
class _Format:
    magic: tuple[tuple[int, bytes], ...]
    module: str


_FORMATS = {
    "image/jpeg": _Format(((0, b"\xff\xd8\xff"),), "jpeg"),
    "image/png": _Format(((0, b"\x89PNG\r\n\x1a\n"),), "png"),
    "image/gif": _Format(((0, b"GIF8"),), "gif"),
    "image/webp": _Format(((0, b"RIFF"), (8, b"WEBP")), "webp"),
}


def inspect(content: mmap, kind: Kind, path: Path) -> dict[str, Any]:
    """Write the image beside the upload without its metadata, and return its size as it is shown."""
    form = _FORMATS[kind.mime_type]
    if any(content[at : at + len(magic)] != magic for at, magic in form.magic):
        raise mismatch(kind)
    picture: Picture = import_module(f"webapp.attachments.inspection.{form.module}").read(content)
    check_size(picture.width, picture.height, picture.frames)
    cleaned = path.with_name(f"{path.name}.clean")
    with cleaned.open("wb") as file:
        for piece in picture.pieces:
            file.write(piece)
        size = file.seek(0, SEEK_END)
    if size and picture.decoded_bytes <= MOST_DECODED_BYTES:
        _decode(cleaned, picture)
    width, height = picture.width, picture.height
    if picture.orientation in _SIDEWAYS:
        width, height = height, width
    return {"path": str(cleaned), "width": width, "height": height}


def _decode(path: Path, picture: Picture) -> None:
    from PIL import Image, ImageFile  # only images need it, and its import takes longer than most inspections

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("error")
    try:
        with Image.open(path, formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
            if image.size != (picture.width, picture.height):
                raise damaged()
            image.draft("RGB", (picture.width // 8, picture.height // 8))
            image.load()
    except Refused:
        raise
    except Exception:
        raise damaged() from None
