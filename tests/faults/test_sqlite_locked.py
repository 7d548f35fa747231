"""SQLite locked for longer than it waits: 503 with the text kept, reading goes on, and the next try works."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.backends import engine_of
from tests.portals.fixtures import people, sign_in
from tests.portals.test_errors import TEXT, conversation, olga

__all__ = ["conversation", "olga", "people", "sign_in"]


@contextmanager
def short_timeout(app):
    """Let every connection of the app wait for a tenth of a second only."""
    engine = engine_of(app)

    def hurry(connection, _record):
        connection.execute("PRAGMA busy_timeout=100")

    engine.dispose()
    event.listen(engine, "connect", hurry)
    try:
        yield engine.url.database
    finally:
        event.remove(engine, "connect", hurry)
        engine.dispose()


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_database_that_is_locked_is_503_and_the_text_is_kept(app, olga, conversation, htmx):
    with short_timeout(app) as path:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        response = olga.submit("/messages", body=TEXT, htmx=htmx)
        page = olga.get(f"/store/messages/{conversation.id}")
        other.execute("ROLLBACK")
        other.close()

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "busy" in response.text
    assert htmx or TEXT in response.text
    assert page.status_code == 200, "reading goes on"
    assert olga.submit("/messages", body=TEXT).status_code == 303
