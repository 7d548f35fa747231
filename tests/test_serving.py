"""A server: what it has in memory after its start, no driver that it does not use; and what it answers in one go."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from tests.backends import SECRET_KEY
from tests.factories import start
from tests.guards.rows import all_rows
from tests.loops import run_alone
from tests.people import People
from tests.portals.fixtures import start_session
from webapp import serving
from webapp.config import ROOT

LOADED = "import sys, webapp.asgi; print(*sys.modules)"


def loaded(**settings: str) -> set[str]:
    """The modules of a server of these settings."""
    given = {"PARLEY_ENV": "test", "PARLEY_SECRET_KEY": SECRET_KEY, "PARLEY_JOBS": "server", **settings}
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, env={**os.environ, **given}, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_server_on_sqlite_loads_no_other_driver(tmp_path):
    found = loaded(PARLEY_DATABASE_URL=f"sqlite:///{tmp_path / 'parley.db'}", PARLEY_REDIS_URL="")

    assert {"huey.consumer", "webapp.jobs", "sqlite3"} <= found
    assert not {"psycopg", "redis", "webapp.cli.maintenance", "webapp.cli.demo", "PIL.ImageDraw"} & found


@pytest.mark.parametrize(
    ("settings", "driver"),
    [
        ({"PARLEY_DATABASE_URL": "postgresql://postgres@127.0.0.1/parley"}, "psycopg"),
        ({"PARLEY_REDIS_URL": "redis://127.0.0.1/0"}, "redis"),
    ],
)
def test_the_drivers_in_use_are_there(tmp_path, settings, driver):
    assert driver in loaded(**{"PARLEY_DATABASE_URL": f"sqlite:///{tmp_path / 'parley.db'}", **settings})


@pytest.mark.parametrize(
    ("method", "path", "is_small"),
    [
        ("GET", "/store/messages/_/rows", True),
        ("GET", "/store/messages/7/attachments/x", False),
        ("GET", "/store/messages", False),
        ("POST", "/store/messages/7/messages", True),
        ("POST", "/store/team", False),
        ("PUT", "/api/v1/store/messages/7/read", False),
    ],
)
def test_what_is_answered_in_one_go(method, path, is_small):
    assert serving._is_small({"method": method, "path": path}) == is_small


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ([], 0),
        ([(b"content-length", b"65536")], 65536),
        ([(b"content-length", b"65537")], None),
        ([(b"content-length", b"9" * 5000)], None),
        ([(b"content-length", b"-1")], None),
        ([(b"transfer-encoding", b"chunked")], None),
        ([(b"transfer-encoding", b"chunked"), (b"content-length", b"3")], None),
    ],
)
def test_which_bodies_are_read_before_a_thread_is_asked(headers, length):
    assert serving._length({"headers": headers}) == length


@pytest.mark.parametrize(("then", "status"), [("silence", 408), ("disconnect", 400)])
def test_what_has_come_of_a_form_that_never_ends_is_not_taken_for_all_of_it(app, monkeypatch, then, status):
    monkeypatch.setattr(serving, "PATIENCE", 0.5)
    people = People()
    talk, client = start(people.olga, people.mara_row), app.test_client()
    client.set_cookie("parley_storefront", start_session(people.mara))
    page = f"/storefront/account/messages/{talk.id}"
    token = client.get(page).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())
    headers = {"host": "localhost", "cookie": cookies, "content-type": "application/x-www-form-urlencoded"}
    scope = {"type": "http", "method": "POST", "path": f"{page}/messages", "http_version": "1.1", "query_string": b""}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope["headers"].append((b"transfer-encoding", b"chunked"))
    parts = [{"type": "http.request", "body": f"csrf_token={token}&body=Half".encode(), "more_body": True}]
    answer = []

    async def receive():
        if not parts and then == "silence":
            await asyncio.Event().wait()
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message):
        answer.append(message)

    run_alone(serving.AtOnce(app)(scope, receive, send))

    assert answer[0]["status"] == status
    assert [row["content"] for row in all_rows(app)["messages"]] == ["Hello"]
