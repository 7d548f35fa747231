"""Pictures made by code: good ones of each format with all the metadata a camera writes, and broken ones."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SECRET = b"GPS-52.5200-13.4050-SECRET"
"""What must not be in any file that another person gets."""


@cache
def painted(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Return a picture whose every corner is another colour."""
    image = Image.new("RGB", (width, height), (230, 40, 40))
    image.paste((40, 200, 60), (width // 2, 0, width, height // 2))
    image.paste((40, 60, 220), (0, height // 2, width // 2, height))
    return image.convert(mode)


def encoded(form: str, image: Image.Image | None = None, **how: object) -> bytes:
    whole = BytesIO()
    (image or painted()).save(whole, form, **how)
    return whole.getvalue()


def exif(orientation: int = 1) -> bytes:
    """Return EXIF with an orientation, a position on earth and a maker's note."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = SECRET.decode()
    tags.get_ifd(0x8825)[1] = "N"
    tags.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return tags.tobytes()


def jpeg(orientation: int = 1, **how: object) -> bytes:
    """Return a JPEG as a camera makes it."""
    return encoded("JPEG", exif=exif(orientation), comment=SECRET, icc_profile=b"P" * 300, quality=90, **how)


def png(orientation: int = 1, **how: object) -> bytes:
    text = PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return encoded("PNG", pnginfo=text, exif=exif(orientation), **how)


def gif(frames: int = 3) -> bytes:
    pictures = [painted().rotate(step * 3) for step in range(frames)]
    return encoded("GIF", pictures[0], save_all=True, append_images=pictures[1:], loop=0, comment=SECRET)


def webp(orientation: int = 1, **how: object) -> bytes:
    return encoded("WEBP", exif=exif(orientation), xmp=SECRET, **how)


def animated(form: str, frames: int) -> bytes:
    pictures = [
        Image.new("RGB", (16, 16), (step * 37 % 256, step * 91 % 256, step // 7 % 256)) for step in range(frames)
    ]
    return encoded(form, pictures[0], save_all=True, append_images=pictures[1:])


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, pixels: bytes, colour: int = 2, extra: bytes = b"") -> bytes:
    """Return a PNG with this header, whatever its pixels are."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_bomb() -> bytes:
    """40,000 pixels squared in a few bytes."""
    return png_of(40_000, 40_000, zlib.compress(bytes(1_000_000)))


def png_inflating(size: int) -> bytes:
    """A small picture whose pixels inflate to much more than it has."""
    return png_of(16, 16, zlib.compress(bytes(size), 9))


def jpeg_saying(width: int, height: int) -> bytes:
    """A JPEG whose frame header says another size."""
    whole = bytearray(encoded("JPEG"))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG with its last scan again and again."""
    whole = jpeg(progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + whole[-2:]


def gif_of_blocks(count: int) -> bytes:
    """A GIF of sub-blocks of a single byte."""
    whole = encoded("GIF")
    image = whole.index(b",")
    return whole[: image + 11] + b"\x01A" * count + b"\x00;"


def webp_saying(width: int, height: int) -> bytes:
    """A WebP whose canvas is not its picture's."""
    whole = bytearray(webp())
    at = whole.index(b"VP8X") + 12
    whole[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(whole)
