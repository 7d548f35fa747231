"""Cursors of keyset pages: opaque, signed, and only for the viewer and the filters they were made for."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from datetime import datetime
from functools import lru_cache
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from webapp.accounts.viewer import Viewer
from webapp.doors.portal import config
from webapp.messaging.queries import ConversationFilters, Position
from webapp.messaging.recipients import Directory, Place


class InvalidCursor(Exception):
    """Not a cursor of ours, or of another viewer or other filters."""


def make(viewer: Viewer, filters: ConversationFilters, position: Position) -> str:
    """Return the cursor of the page that follows the position."""
    return _sign(viewer, filters, (position.last_message_at.isoformat(), position.conversation_id))


def read(viewer: Viewer, filters: ConversationFilters, cursor: str) -> Position:
    """Return the position of a cursor; raises InvalidCursor."""
    moment, number = _signed(viewer, filters, cursor)
    return Position(datetime.fromisoformat(moment), number)


def make_in_directory(viewer: Viewer, wanted: Directory, place: Place) -> str:
    """Return the cursor of the page of recipients that follows the place."""
    return _sign(viewer, wanted, astuple(place))


def read_in_directory(viewer: Viewer, wanted: Directory, cursor: str) -> Place:
    """Return the place of a cursor of recipients; raises InvalidCursor."""
    return Place(*_signed(viewer, wanted, cursor))


def _sign(viewer: Viewer, filters: object, mark: tuple[Any, ...]) -> str:
    return str(_signer(viewer, filters).dumps(mark))


def _signed(viewer: Viewer, filters: object, cursor: str) -> list[Any]:
    """Return what was signed for these filters: what carries our signature is as we made it."""
    try:
        return list(_signer(viewer, filters).loads(cursor))
    except (BadData, ValueError) as error:
        raise InvalidCursor from error


def _signer(viewer: Viewer, filters: object) -> URLSafeSerializer:
    key, fallbacks = config().secret_keys
    return _signer_of(f"{viewer.side.value}:{viewer.id}:{viewer.store_id}:{filters!r}", key, tuple(fallbacks))


@lru_cache(maxsize=256)
def _signer_of(scope: str, key: str, fallbacks: tuple[str, ...]) -> URLSafeSerializer:
    salt = "cursor:" + hashlib.sha256(scope.encode("utf-8", "surrogatepass")).hexdigest()
    return URLSafeSerializer([*fallbacks, key], salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
