"""What a refusal means in HTTP, whichever door it leaves through: its status, and how long to wait."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from webapp.accounts.viewer import Viewer
from webapp.attachments.errors import (
    AttachmentError,
    FileMissing,
    FilesRefused,
    PreviewFailed,
    StorageFull,
    StorageUnavailable,
)
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import end_reading, writing
from webapp.messaging.errors import ConversationClosed, Invalid, KeyReused, MessagingError, NotAllowed, NotFound

server_log = logging.getLogger(__name__)

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


def note_refusal(status: int) -> None:
    """Note in the audit log that somebody who is known tried to change what they may not, once a minute and route.

    Reading changes nothing, also when it is refused: then the server's log says so.
    """
    viewer: Viewer | None = g.get("viewer")
    if status != HTTPStatus.FORBIDDEN or viewer is None:
        return
    route = str(request.url_rule or "")[:64]
    server_log.warning("refused %s %s to %s %s", request.method, route, viewer.side.value, viewer.id)
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    end_reading()
    with writing():
        if not log.has_just(viewer, Action.REFUSED, route):
            log.note(viewer, Action.REFUSED, "route", route)


def status_of(error: MessagingError | AttachmentError) -> int:
    """Return the status of what the domain refused; files that are only too large have one of their own."""
    if isinstance(error, FilesRefused) and error.is_too_large:
        return 413
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))
