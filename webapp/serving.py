"""The Flask application as ASGI, with its live streams held open and its jobs."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ
from flask import Flask
from werkzeug import Response

from webapp.config import Config
from webapp.doors import hosts
from webapp.portals import polling
from webapp.realtime import watch
from webapp.realtime.front import Application, Front, Scope
from webapp.realtime.streams import Message, Receive, Send

THREADS = 10
"""How many requests are worked on at once; the others wait their turn. A held stream needs none."""

SMALL = 64 * 1024
"""Bytes of a form that is read before it is answered."""


def make_front(flask: Flask, **options: Any) -> Front:
    """Return the application for an ASGI server; the options are those of the front."""

    def ended(names: Iterable[str]) -> list[str]:
        with flask.app_context():
            return watch.ended(names)

    return Front(AtOnce(flask), flask.extensions["parley.bus"], ended, **options)


class AtOnce:
    """The application as ASGI. What is small is answered in one go: the queue by which the rest is sent takes longer.

    Small are pieces of pages, polls among them, and forms of conversations without much in them.
    """

    def __init__(self, flask: Flask) -> None:
        self.flask = flask
        polls = polling.Polls(flask, flask)
        self.answer_poll = hosts.behind_proxies(lambda environ, _: polls.answer(environ), flask.extensions["parley"])
        self.others = WSGIMiddleware(flask, workers=THREADS)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_small(scope):
            await self.others(scope, receive, send)  # type: ignore[arg-type]
            return
        body = b"" if scope["method"] == "GET" else await _all_of(receive)
        if body is None:
            return
        loop, context = asyncio.get_running_loop(), copy_context()
        for message in await loop.run_in_executor(self.others.executor, context.run, self._answer, scope, body):
            await send(message)

    def _answer(self, scope: Scope, body: bytes) -> tuple[Message, Message]:
        environ: dict[str, Any] = build_environ(scope, io.BytesIO(body))  # type: ignore[arg-type,assignment]
        found = self.answer_poll(dict(environ), None) or Response.from_app(self.flask, environ, buffered=True)
        fields = found.get_wsgi_headers(environ)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        start = {"type": "http.response.start", "status": found.status_code, "headers": headers}
        return start, {"type": "http.response.body", "body": found.get_data(), "more_body": False}


def _is_small(scope: Scope) -> bool:
    path: str = scope["path"]
    if scope["method"] == "GET":
        return "/_/" in path
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    is_number = length.isdigit() and len(length) <= len(str(SMALL))
    return scope["method"] == "POST" and "/messages/" in path and is_number and int(length) <= SMALL


async def _all_of(receive: Receive) -> bytes | None:
    """Return the body; None when its sender went away."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


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
