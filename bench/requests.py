"""The requests of a store user, through the whole application in this process: their SQL statements and steps."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.marketplace import Marketplace
from webapp.extensions import db

STEPS_PER_CALL = 10
"""SQLite tells of every so many steps of its virtual machine."""

Request = Callable[[], None]


def requests_of(place: Marketplace) -> dict[str, Request]:
    """The requests of a store user's day, through the whole application."""
    base = place.messages
    htmx = {"HX-Request": "true"}
    requests = {
        "badge": _get(place, f"{base}/_/badge", htmx),
        "poll": _get(place, f"{base}/_/news?badge=-1&list=-1&thread={place.thread}&seq=1", {}),
        "list": _get(place, f"{base}/_/rows?status=open", htmx),
        "list, team": _get(place, f"{base}/_/rows?status=open&scope=team", htmx),
        "list, unread": _get(place, f"{base}/_/rows?status=open&unread=1", htmx),
        "thread": _get(place, f"{base}/{place.thread}/_/thread", htmx),
    }
    requests["send"] = _send(place, f"{base}/{place.thread}")
    return requests


def counts(place: Marketplace, request: Request) -> tuple[int, int]:
    """Return the SQL statements of a request, and the steps SQLite took for them, in tens; none on PostgreSQL."""
    statements: list[str] = []
    steps = [0]

    def step() -> int:
        steps[0] += STEPS_PER_CALL
        return 0

    def note(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)
        if isinstance(cursor.connection, sqlite3.Connection):
            cursor.connection.set_progress_handler(step, STEPS_PER_CALL)

    with place.app.app_context():
        engine = db.engine
    request()
    event.listen(engine, "before_cursor_execute", note)
    try:
        request()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements), steps[0]


def _get(place: Marketplace, path: str, headers: dict[str, str]) -> Request:
    environ = EnvironBuilder(
        path=path, base_url="http://localhost:8000", headers={**headers, "Cookie": place.cookie}
    ).get_environ()
    return lambda: _run(place.app, environ, 200)


def _send(place: Marketplace, conversation: str) -> Request:
    client = place.app.test_client()
    client.set_cookie(*place.cookie.split("="), domain="localhost")
    page = client.get(conversation, base_url="http://localhost:8000")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert page.status_code == 200
    assert token
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())

    def send() -> None:
        environ = EnvironBuilder(
            path=f"{conversation}/messages",
            base_url="http://localhost:8000",
            method="POST",
            headers={"HX-Request": "true", "Cookie": cookies},
            data={
                "csrf_token": token[1],
                "body": "Your parcel left today.",
                "client_key": str(uuid.uuid4()),
                "up_to_seq": "1000000",
            },
        ).get_environ()
        _run(place.app, environ, 200)

    return send


def _run(app: Flask, environ: dict[str, Any], expected: int) -> None:
    body, status, _ = run_wsgi_app(app, dict(environ), buffered=True)
    b"".join(body)
    assert status.startswith(str(expected)), status
