"""What a refusal means in HTTP, whichever door it leaves through: its status, and how long to wait."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from webapp.attachments.errors import (
    AttachmentError,
    FileMissing,
    FilesRefused,
    PreviewFailed,
    StorageFull,
    StorageUnavailable,
)
from webapp.messaging.errors import ConversationClosed, Invalid, KeyReused, MessagingError, NotAllowed, NotFound

DATABASE_AWAY = (OperationalError, PoolTimeout)
"""What is raised when the database is busy for too long, cannot be reached, or lost the connection."""

RETRY_SECONDS, STORAGE_RETRY_SECONDS = 5, 60

_STATUS: dict[type[Exception], int] = {
    Invalid: 422,
    NotFound: 404,
    NotAllowed: 403,
    ConversationClosed: 409,
    KeyReused: 409,
    FilesRefused: 422,
    FileMissing: 404,
    PreviewFailed: 404,
    StorageFull: 507,
    StorageUnavailable: 503,
}


def status_of(error: MessagingError | AttachmentError) -> int:
    """Return the status of what the domain refused; files that are only too large have one of their own."""
    if isinstance(error, FilesRefused) and error.is_too_large:
        return 413
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))
