"""Previews: small re-encoded images, made in a child process; nothing of the original's bytes is in them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from webapp.attachments.errors import PreviewFailed

AT_ONCE = 2
SECONDS = 15
_slots = threading.BoundedSemaphore(AT_ONCE)
_CODE = """
import resource, sys, warnings
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from PIL import Image, ImageOps
Image.MAX_IMAGE_PIXELS = 40_000_000
warnings.simplefilter("error")
source, target, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Image.open(source, formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
    image.draft("RGB", (side, side))
    image.load()
    shown = ImageOps.exif_transpose(image)
    shown.thumbnail((side, side))
    has_alpha = shown.mode in {"RGBA", "LA", "PA"} or "transparency" in shown.info
    shown = shown.convert("RGBA" if has_alpha else "RGB")
    shown.info.clear()
    shown.save(target, "WEBP", quality=80, method=4)
"""


def make_preview(source: Path, target: Path, longest_side: int) -> None:
    """Write a WebP of the image, its orientation applied, no side longer than so many pixels and never enlarged.

    Raises PreviewFailed when it cannot be decoded within 15 seconds and a gigabyte of address space.
    """
    command = [sys.executable, "-I", "-c", _CODE, str(source), str(target), str(longest_side)]
    try:
        with _slots:
            subprocess.run(command, check=True, timeout=SECONDS, capture_output=True)  # noqa: S603 - our own code
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise PreviewFailed from error
