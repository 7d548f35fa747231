"""Whether those who listen still may: asked again for all streams at once, whatever ended a session and wherever."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.accounts import sessions
from webapp.accounts.models import Side
from webapp.database import reading
from webapp.realtime import channels

EVERY_SECONDS = 3
"""So that a stream is closed within 5 seconds of the end of what it rests on."""


def ended(names: Iterable[str]) -> list[str]:
    """Return those channels of sessions whose session is not valid any more, or acts in another store.

    One statement a side: session, person, membership and store are checked together.
    """
    asked: dict[Side, list[tuple[str, int | None, str]]] = {}
    for name in names:
        if found := channels.session_of(name):
            side, store_id, token_hash = found
            asked.setdefault(side, []).append((name, store_id, token_hash))
    over = []
    with reading():
        for side, of_side in asked.items():
            valid = sessions.still_valid(side, [token_hash for _, _, token_hash in of_side])
            over += [name for name, store_id, token_hash in of_side if valid.get(token_hash, -1) != store_id]
    return over
