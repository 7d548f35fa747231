"""Where a file lies below the root of the storage; only code that has checked access learns a path."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

FILES = "uploads/messages"
PREVIEWS = "previews/messages"
THUMBNAIL, LARGE = 480, 1600
"""The longest sides of the two previews of an image, in pixels."""


def path_of_file(number: UUID, extension: str, conversation_id: int, moment: datetime) -> str:
    """Return ``uploads/messages/YYYY/MM/<conversation id>/<uuid>.<ext>``."""
    return f"{FILES}/{moment:%Y/%m}/{conversation_id}/{number}.{extension}"


def path_of_preview(storage_path: str, longest_side: int) -> str:
    """Return where the preview of a stored image lies."""
    stem = storage_path.removeprefix(FILES).rpartition(".")[0]
    return f"{PREVIEWS}{stem}-{longest_side}.webp"


def paths_of_previews(storage_path: str) -> list[str]:
    """Return where all previews of a stored file would lie."""
    return [path_of_preview(storage_path, side) for side in (THUMBNAIL, LARGE)]


def file_of_preview(path: str) -> str:
    """Return the stem, without extension, of the file that a preview was made of."""
    return FILES + path.removeprefix(PREVIEWS).rpartition("-")[0]
