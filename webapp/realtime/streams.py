"""The streams that this process holds open: who hears what, how much may wait, and when one is closed.

Everything but ``deliver`` and ``pause`` runs in the event loop. An idle stream is one task that waits for the browser
to go; there is no thread, no timer and no task of its own for what is sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from webapp.realtime import channels, hints
from webapp.realtime.hints import Hint, Notice

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

PING_SECONDS = 15
PER_VIEWER = 6
"""A person has a few browsers and devices; each holds one stream per portal."""

MOST_WAITING = 64
"""Events that may wait for a browser that does not read; what waits already is not said twice."""

MOST_MISSED = 2
_PING = b": ping\n\n"
_SLOTS = 16
log = logging.getLogger(__name__)


class Stream:
    """One response that is held open."""

    __slots__ = ("_begun", "_loop", "_send", "_task", "_waiting", "closing", "missed", "names")

    def __init__(self, names: Sequence[str], send: Send) -> None:
        self.names = tuple(names)
        self.closing = False
        self.missed = 0
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._begun = False
        self._waiting: dict[bytes, None] = {}
        self._task: asyncio.Task[None] | None = None

    async def begin(self, start: Message, body: bytes) -> None:
        """Send the head of the response; what was said meanwhile follows it."""
        await self._send(start)
        self._begun, self._waiting = True, {body: None, **self._waiting}
        self._task = self._loop.create_task(self._flush())

    def say(self, event: bytes) -> bool:
        """Let this be sent; return whether there was room for it."""
        if self.closing:
            return True
        self._waiting[event] = None
        if self._begun and self._task is None:
            self._task = self._loop.create_task(self._flush())
        return len(self._waiting) <= MOST_WAITING

    def ping(self) -> bool:
        """Send a sign of life; return whether the browser still takes what is sent."""
        if self._task is None:
            self.missed = 0
            return self.say(_PING) if self._begun else True
        self.missed += 1
        return self.missed < MOST_MISSED

    def end(self, event: bytes) -> None:
        """Send the last event and end the response."""
        self.say(event)
        self.closing = True

    def abort(self) -> None:
        """Give up a browser that does not read: nothing more can be sent to it."""
        self.closing = True
        if self._task:
            self._task.cancel()
        if transport := getattr(getattr(self._send, "__self__", None), "transport", None):
            transport.abort()  # uvicorn's; another server closes the connection when it notices

    async def _flush(self) -> None:
        try:
            while self._waiting:
                text, self._waiting = b"".join(self._waiting), {}
                await self._send({"type": "http.response.body", "body": text, "more_body": True})
            if self.closing:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._task = None


class Streams:
    """All streams of this process, by the channels that they listen to."""

    def __init__(self, per_viewer: int = PER_VIEWER, ping_seconds: float = PING_SECONDS) -> None:
        self.per_viewer = per_viewer
        self.ping_seconds = ping_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listening: dict[str, dict[Stream, None]] = {}
        self._slots: list[set[Stream]] = [set() for _ in range(_SLOTS)]
        self._opened = 0

    def __len__(self) -> int:
        return len(self._listening.get(channels.EVERYBODY, ()))

    def start(self) -> None:
        """Belong to the running loop from now on."""
        self._loop = asyncio.get_running_loop()

    async def hold(self, names: Sequence[str], start: Message, body: bytes, receive: Receive, send: Send) -> None:
        """Send a response and hold it open for these channels until the browser goes or the stream is ended.

        The first channel is the viewer's own: beyond the limit their oldest stream is ended.
        """
        stream = Stream(names, send)
        slot = self._slots[self._opened % _SLOTS]
        self._opened += 1
        for name in names:
            self._listening.setdefault(name, {})[stream] = None
        slot.add(stream)
        self._make_room(names[0])
        try:
            await stream.begin(start, body)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            slot.discard(stream)
            self._forget(stream)

    def deliver(self, notices: Sequence[Notice]) -> None:
        """Say this to the streams that listen; called in any thread, returns at once."""
        self._soon(self._spread, notices)

    def pause(self) -> None:
        """End all streams for now; called in any thread."""
        self._soon(self.end_all, hints.AWAY)

    def sessions(self) -> list[str]:
        """Return the channels of the sessions whose streams are open."""
        return [name for name in self._listening if channels.session_of(name)]

    def end(self, channel: str, hint: Hint) -> None:
        """End the streams that listen to a channel."""
        self._end(list(self._listening.get(channel, ())), hint)

    def end_all(self, hint: Hint) -> None:
        self.end(channels.EVERYBODY, hint)

    async def ping_for_ever(self) -> None:
        """Send every stream a sign of life, a part of them at a time."""
        while True:
            for slot in self._slots:
                await asyncio.sleep(self.ping_seconds / _SLOTS)
                self._drop(stream for stream in list(slot) if not stream.ping())

    def _spread(self, notices: Iterable[Notice]) -> None:
        for channel, hint in notices:
            if hint.event == "bye":
                self.end(channel, hint)
            elif listening := self._listening.get(channel):
                event = hint.as_bytes()
                self._drop([stream for stream in listening if not stream.say(event)])

    def _make_room(self, viewer: str) -> None:
        open_ones = [stream for stream in self._listening[viewer] if not stream.closing]
        self._end(open_ones[: -self.per_viewer], hints.CROWDED)

    def _end(self, ending: Iterable[Stream], hint: Hint) -> None:
        event = hint.as_bytes()
        for stream in ending:
            stream.end(event)

    def _drop(self, dead: Iterable[Stream]) -> None:
        for stream in dead:
            log.info("a stream was closed: its browser does not read")
            self._forget(stream)
            stream.abort()

    def _forget(self, stream: Stream) -> None:
        for name in stream.names:
            if listening := self._listening.get(name):
                listening.pop(stream, None)
                if not listening:
                    del self._listening[name]

    def _soon(self, call: Callable[..., None], *arguments: object) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)
