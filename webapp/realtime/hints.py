"""What a stream says: hints that hold ids only.

The browser fetches what changed as itself, so that access is asked again.
"""

from __future__ import annotations

from typing import NamedTuple

AGAIN_AFTER = 300
"""Seconds after which a stream that was closed for want of room may be opened again."""


class Hint(NamedTuple):
    """One event of a stream; ``data`` is JSON."""

    event: str
    data: str = "{}"

    def as_bytes(self) -> bytes:
        """Return the event as it is sent (server-sent events, WHATWG HTML 9.2)."""
        return f"event: {self.event}\ndata: {self.data}\n\n".encode()


class Notice(NamedTuple):
    """A hint for those who listen to a channel."""

    channel: str
    hint: Hint


BADGE = Hint("badge")
NEWS = Hint("news")
"""Something may have been missed: ask for everything since what the page shows."""

ENDED = Hint("bye", '{"why":"ended"}')
"""The session, the membership or the account ended, or acts in another store now."""

CROWDED = Hint("bye", f'{{"why":"crowded","after":{AGAIN_AFTER}}}')
"""The viewer has opened more streams since than one person needs."""

AWAY = Hint("bye", '{"why":"away"}')
"""The server stops, or hears no more of the others: come again."""


def thread(conversation_id: int) -> Hint:
    return Hint("thread", f'{{"id":{conversation_id}}}')


def listed(conversation_id: int) -> Hint:
    """The lists that a team shares show the conversation in another place or in other words."""
    return Hint("list", f'{{"id":{conversation_id}}}')


def read(conversation_id: int) -> Hint:
    return Hint("read", f'{{"id":{conversation_id}}}')


def typing(conversation_id: int, who: str) -> Hint:
    """``who`` is a sign for the page to ask for the name with; it says nothing by itself."""
    return Hint("typing", f'{{"id":{conversation_id},"who":"{who}"}}')
