"""The bus: what is published in any thread reaches the streams of this process, and with Redis those of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from webapp.messaging import events
from webapp.messaging.events import Change, Event
from webapp.realtime import audience, channels, hints
from webapp.realtime.hints import Notice

MOST_OWNERS = 1000
"""Above it, everybody is told to ask for news: a switch in the settings changes the inbox of every customer."""


class Listener(Protocol):
    """Where a process holds its streams."""

    def deliver(self, notices: Sequence[Notice]) -> None:
        """Say this to the streams that listen; called in any thread, returns at once."""

    def pause(self) -> None:
        """Close the streams, since what others say is not heard for now."""


class Bus:
    """In one process: from the thread that committed to the loop that holds the streams."""

    is_whole = True
    """Whether all that is said anywhere is heard here: streams are held only while it is."""

    def __init__(self) -> None:
        self.listener: Listener | None = None

    def start(self, listener: Listener) -> None:
        """Say everything to this listener from now on."""
        self.listener = listener

    def stop(self) -> None:
        self.listener = None

    def publish(self, notices: Sequence[Notice]) -> None:
        """Say it to everybody who listens; never waits and never raises for them."""
        if self.listener and notices:
            self.listener.deliver(notices)


class _Bound:
    """Stands for the bus of the running application; create_app() binds the real one."""

    def __init__(self) -> None:
        self.find: Callable[[], Bus] | None = None

    def __call__(self) -> Bus:
        if self.find is None:
            raise RuntimeError("no application has bound the bus")
        return self.find()


current = _Bound()
"""``current()`` is the bus of the running application."""


@events.after_commit
def tell(happened: Event | Change) -> None:
    """Tell those who may see it that something happened."""
    if isinstance(happened, events.InboxesChanged) and len(happened.owners) > MOST_OWNERS:
        current().publish([Notice(channels.EVERYBODY, hints.NEWS)])
    else:
        current().publish(audience.notices_of(happened))
