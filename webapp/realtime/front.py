"""The ASGI front: it lets the application answer, and holds the answer open when its headers say so (GRIP).

``Grip-Hold: stream`` and ``Grip-Channel`` are what Pushpin and its like understand too, so that they can hold the
streams instead, with no change in the application.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

from webapp.realtime import channels, hints, watch
from webapp.realtime.bus import Bus
from webapp.realtime.hints import Notice
from webapp.realtime.streams import Message, Receive, Send, Streams

Scope = dict[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HOLDS = "parley.holds"
"""The mark in the scope, where no request can put it, that this front holds streams."""

_SIGNED = b"grip-sig"
"""What a proxy that holds streams itself sends with each request; the application checks it."""

MOST_ELSEWHERE = 50_000
ADDRESS = "/live"
RETRY_SECONDS = 5
_OWN = {b"grip-hold", b"grip-channel", b"grip-keep-alive", b"content-length"}
log = logging.getLogger(__name__)


class Front:
    """The application with its streams; ``ended`` tells which sessions' channels are over, and may block."""

    def __init__(
        self,
        app: Application,
        bus: Bus,
        ended: Callable[[Iterable[str]], list[str]],
        streams: Streams | None = None,
        watch_seconds: float = watch.EVERY_SECONDS,
    ) -> None:
        self.app = app
        self.bus = bus
        self.ended = ended
        self.streams = Streams() if streams is None else streams
        self.watch_seconds = watch_seconds
        self._running: list[asyncio.Task[None]] = []
        self._elsewhere: dict[str, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        scope[HOLDS] = not any(name == _SIGNED for name, _ in scope.get("headers", ()))
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith(ADDRESS):
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, then pass the answer on, or hold it."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(scope, receive, keep)
        start, body = answer[0], b"".join(message.get("body", b"") for message in answer[1:])
        headers = dict(start["headers"])
        if headers.get(b"grip-hold") != b"stream":
            await _pass_on(send, start, body)
        elif not scope[HOLDS]:
            self._note(_names(headers))
            await _pass_on(send, start, body)
        elif not (self._running and self.bus.is_whole):
            await _pass_on(send, {**start, "status": 503, "headers": _unavailable(start["headers"])}, b"")
        else:
            kept = [(name, value) for name, value in start["headers"] if name not in _OWN]
            await self.streams.hold(_names(headers), {**start, "headers": kept}, body, receive, send)

    def _note(self, names: list[str]) -> None:
        """Watch over sessions whose streams a proxy holds; the longest watched go when there are too many."""
        self._elsewhere.update({name: None for name in names if channels.session_of(name)})
        while len(self._elsewhere) > MOST_ELSEWHERE:
            del self._elsewhere[next(iter(self._elsewhere))]

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        """Hold streams from now on, in the running loop."""
        self.streams.start()
        self.bus.start(self.streams)
        loop = asyncio.get_running_loop()
        self._running = [loop.create_task(self.streams.ping_for_ever()), loop.create_task(self._watch_for_ever())]
        _before_stopping(lambda: loop.call_soon_threadsafe(self.streams.end_all, hints.AWAY))

    async def stop(self) -> None:
        self.streams.end_all(hints.AWAY)
        self.bus.stop()
        running, self._running = self._running, []
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.watch_seconds)
            names = [*self.streams.sessions(), *self._elsewhere]
            if not names:
                continue
            try:
                over = await loop.run_in_executor(None, self.ended, names)
            except Exception as error:  # the database is away: nobody can read anything, and it is asked again
                log.warning("sessions of streams cannot be checked: %s", type(error).__name__)
                continue
            for name in over:
                self._elsewhere.pop(name, None)
                self.bus.publish([Notice(name, hints.ENDED)])


def _names(headers: dict[bytes, bytes]) -> list[str]:
    return [name.strip() for name in headers[b"grip-channel"].decode().split(",")]


async def _pass_on(send: Send, start: Message, body: bytes) -> None:
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _unavailable(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name not in _OWN]
    return [*kept, (b"retry-after", b"%d" % RETRY_SECONDS), (b"content-length", b"0")]


def _before_stopping(call: Callable[[], object]) -> None:
    """Call this when the server is told to stop: it waits for open responses before it says so to the application."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        former = signal.getsignal(number)
        if not callable(former):
            continue

        def handle(
            number: int, frame: FrameType | None, former: Callable[[int, FrameType | None], Any] = former
        ) -> None:
            call()
            former(number, frame)

        signal.signal(number, handle)
