"""A file on its way: as it was uploaded, and as it is stored."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from webapp.attachments.models import ScanState


@dataclass(frozen=True, slots=True)
class Upload:
    """One received file, in the staging folder until it is stored. ``is_cut``: there was more than may be sent."""

    filename: str
    path: Path
    size_bytes: int
    sha256: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file that is safe in the storage and waits for the message that it belongs to."""

    id: uuid.UUID
    filename: str
    extension: str
    mime_type: str
    size_bytes: int
    sha256: str
    storage_path: str
    width: int | None
    height: int | None
    has_active_content: bool
    scan_state: ScanState = ScanState.UNSCANNED
    scan_note: str | None = None

    @property
    def is_image(self) -> bool:
        return self.width is not None
