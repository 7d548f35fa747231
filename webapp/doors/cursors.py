"""Cursors of keyset pages: opaque, signed, and only for the viewer and the filters they were made for."""

from __future__ import annotations

import hashlib
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from webapp.accounts.viewer import Viewer
from webapp.doors.portal import config
from webapp.messaging.queries import ConversationFilters, Position


class InvalidCursor(Exception):
    """Not a cursor of ours, or of another viewer or other filters."""


def make(viewer: Viewer, filters: ConversationFilters, position: Position) -> str:
    """Return the cursor of the page that follows the position."""
    mark = [position.last_message_at.isoformat(), position.conversation_id]
    return str(_signer(viewer, filters).dumps(mark))


def read(viewer: Viewer, filters: ConversationFilters, cursor: str) -> Position:
    """Return the position of a cursor; raises InvalidCursor."""
    try:
        moment, number = _signer(viewer, filters).loads(cursor)
        return Position(datetime.fromisoformat(moment), int(number))
    except (BadData, ValueError, TypeError) as error:
        raise InvalidCursor from error


def _signer(viewer: Viewer, filters: ConversationFilters) -> URLSafeSerializer:
    key, fallbacks = config().secret_keys
    scope = f"{viewer.side.value}:{viewer.id}:{viewer.store_id}:{filters!r}"
    salt = "cursor:" + hashlib.sha256(scope.encode("utf-8", "surrogatepass")).hexdigest()
    return URLSafeSerializer([*fallbacks, key], salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
