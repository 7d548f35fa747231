"""The Flask application as ASGI, with its live streams held open and its jobs."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ
from flask import Flask
from werkzeug.exceptions import ClientDisconnected, RequestTimeout
from werkzeug.test import run_wsgi_app

from webapp.config import Config
from webapp.doors import hosts, uploads
from webapp.portals import polling
from webapp.realtime import watch
from webapp.realtime.front import Application, Front, Scope
from webapp.realtime.streams import Message, Receive, Send

THREADS = 10
"""How many requests are worked on at once; the others wait their turn. A held stream needs none."""

SMALL = 64 * 1024
"""Bytes of a body that is read before a thread is asked to work on it."""

PATIENCE = 30
"""Seconds in which a small body must have come, or some of a large one, or somebody must have read of an answer."""


def make_front(flask: Flask, **options: Any) -> Front:
    """Return the application for an ASGI server; the options are those of the front."""

    def ended(names: Iterable[str]) -> list[str]:
        with flask.app_context():
            return watch.ended(names)

    return Front(AtOnce(flask), flask.extensions["parley.bus"], ended, **options)


class AtOnce:
    """The application as ASGI. What is small is answered in one go: the queue by which the rest is sent takes longer.

    Small are pieces of pages, polls among them, and forms of conversations without much in them. A body is read before
    a thread takes it, and what is read or sent bit by bit has threads of its own: who is slow keeps nobody waiting.
    """

    def __init__(self, flask: Flask) -> None:
        self.flask = flask
        polls = polling.Polls(flask, flask)
        self.answer_poll = hosts.behind_proxies(lambda environ, _: polls.answer(environ), flask.extensions["parley"])
        self.others, self.long = (WSGIMiddleware(flask, workers=THREADS) for _ in range(2))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.others(scope, receive, send)  # type: ignore[arg-type]
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]  # as WSGI spells -
        length = _length(scope)
        if length is None:
            await self.long(scope, _patient(receive), _sending(send))  # type: ignore[arg-type]
            return
        body = await _all_of(receive) if length else b""
        if body is None:
            await send({"type": "http.response.start", "status": 408, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": b""})
        elif _is_small(scope):
            await self._answer_at_once(scope, body, send)
        else:
            scope[uploads.WHOLE] = True
            is_long = "/attachments/" in scope["path"] or scope["path"].endswith("/export")
            middleware, sending = (self.long, _sending(send)) if is_long else (self.others, send)
            await middleware(scope, _again(body, receive), sending)  # type: ignore[arg-type]

    async def _answer_at_once(self, scope: Scope, body: bytes, send: Send) -> None:
        loop, context = asyncio.get_running_loop(), copy_context()
        for message in await loop.run_in_executor(self.others.executor, context.run, self._answer, scope, body):
            await send(message)

    def _answer(self, scope: Scope, body: bytes) -> tuple[Message, Message]:
        environ: dict[str, Any] = build_environ(scope, io.BytesIO(body))  # type: ignore[arg-type,assignment]
        found = self.answer_poll(dict(environ), None) or self.flask
        parts, status, fields = run_wsgi_app(found, environ, buffered=True)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        start = {"type": "http.response.start", "status": int(status[:3]), "headers": headers}
        return start, {"type": "http.response.body", "body": b"".join(parts), "more_body": False}


def _is_small(scope: Scope) -> bool:
    """Whether the answer to a request with a small body is in one piece."""
    part = {"GET": "/_/", "POST": "/messages/"}.get(scope["method"])
    return part is not None and part in scope["path"]


def _length(scope: Scope) -> int | None:
    """Return the bytes of the body, 0 without one; None when they are many, or not told."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    told = headers.get(b"content-length", b"0")
    is_number = told.isdigit() and len(told) <= len(str(SMALL))
    return int(told) if is_number and int(told) <= SMALL else None


async def _all_of(receive: Receive) -> bytes | None:
    """Return the body; None when its sender went away, or took too long."""
    body: bytes = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while (message := await receive())["type"] == "http.request":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    return body
    return None


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what hands out a body that was read before."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def handed_out() -> Message:
        return messages.pop() if messages else await receive()

    return handed_out


def _patient(receive: Receive) -> Receive:
    """Return what waits for a part of a body as long as it has patience.

    What is read of a body that never ended is none: a chunked one would look as if it had ended there.
    """

    async def received() -> Message:
        try:
            message = await asyncio.wait_for(receive(), PATIENCE)
        except TimeoutError:
            raise RequestTimeout from None
        if message["type"] != "http.request":
            raise ClientDisconnected
        return message

    return received


def _sending(send: Send) -> Send:
    """Return what sends as long as somebody reads; afterwards nothing, so that the thread comes to an end."""
    is_gone = False

    async def sent(message: Message) -> None:
        nonlocal is_gone
        if not is_gone:
            try:
                await asyncio.wait_for(send(message), PATIENCE)
            except TimeoutError:
                is_gone = True

    return sent


def with_jobs(front: Application, flask: Flask) -> Application:
    """Let the jobs begin and end with the server, unless workers do them."""
    config: Config = flask.extensions["parley"]
    if not config.jobs_in_server:
        return front
    with _without("psycopg", *(() if config.redis_url else ("redis",))):
        from webapp.jobs import JobEngine

    engine = JobEngine(flask)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                engine.start()
            elif message["type"] == "lifespan.shutdown.complete":
                await asyncio.get_running_loop().run_in_executor(None, engine.stop)
            await send(message)

        await front(scope, receive, note if scope["type"] == "lifespan" else send)

    return app


@contextmanager
def _without(*drivers: str) -> Iterator[None]:
    """Let an import not find drivers that nothing has loaded: huey tries those of all its queues, which take 15 MB."""
    hidden = [name for name in drivers if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
