"""Refusals in words, with the right status, and what was typed is kept; the next request works."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.backends import engine_of
from tests.factories import start
from tests.guards.rows import all_rows
from tests.portals import pages
from webapp.doors.uploads import TEXT_BYTES

TEXT = "A long answer that must not be lost"


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


@pytest.fixture
def olga(sign_in, people, conversation):
    """Olga looks at her conversation."""
    browser = sign_in(people.olga)
    browser.get(f"/store/messages/{conversation.id}")
    return browser


@pytest.mark.parametrize(
    "path", ["/nothing", "/store/nothing", "/admin/messages/x", "/storefront/account/messages/", "/%00"]
)
@pytest.mark.parametrize("htmx", [False, True])
def test_an_unknown_address_is_404_with_a_way_on(olga, path, htmx):
    response = olga.get(path, htmx=htmx)

    assert response.status_code in {302, 401, 404}
    if response.status_code == 404:
        assert "Page not found" in response.text
        assert htmx or "<a " in response.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_405_and_says_which(olga, conversation, method):
    response = olga.open(f"/store/messages/{conversation.id}/close", method=method)

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("token", [None, "", "x"])
def test_a_page_that_is_too_old_keeps_the_text(app, olga, token):
    typed = {"body": TEXT} if token is None else {"body": TEXT, "csrf_token": token}
    response = olga.submit("/messages", without=("csrf_token",) if token is None else (), **typed)

    assert response.status_code == 400
    assert "too old" in response.text
    assert TEXT in response.text
    assert len(all_rows(app)["messages"]) == 1

    assert olga.submit("/messages").status_code == 303, "the page that kept the text can send it"
    assert all_rows(app)["messages"][-1]["content"] == TEXT


def test_with_htmx_only_the_box_is_answered(olga):
    response = olga.submit("/messages", body=TEXT, csrf_token="x", htmx=True)

    assert response.status_code in {200, 400}
    assert "<textarea" not in response.text or response.status_code == 200


@pytest.mark.parametrize("htmx", [False, True])
def test_a_body_over_the_limit_is_413(app, olga, htmx):
    response = olga.submit("/messages", body="x" * (TEXT_BYTES + 1), htmx=htmx)

    assert response.status_code == 413
    assert "too large" in response.text
    assert len(all_rows(app)["messages"]) == 1


def test_a_stranger_gets_no_413(stranger, people, conversation):
    response = stranger.post(f"/store/messages/{conversation.id}/messages", data={"body": "x" * (TEXT_BYTES + 1)})

    assert response.status_code == 302, "the body of a stranger is never parsed"


@pytest.mark.parametrize("htmx", [False, True])
def test_sending_too_fast_is_429_with_the_text_kept(app, olga, conversation, htmx):
    for number in range(20):
        olga.get(f"/store/messages/{conversation.id}")
        assert olga.submit("/messages", body=f"Nr {number}").status_code == 303
    olga.get(f"/store/messages/{conversation.id}")

    response = olga.submit("/messages", body=TEXT, htmx=htmx)

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert re.search(r"too fast\. Try again in \d+ seconds", response.text)
    assert htmx or TEXT in response.text
    assert len(all_rows(app)["messages"]) == 21


def test_the_limit_is_a_persons_own(olga, sign_in, people, conversation):
    for _ in range(21):
        olga.get(f"/store/messages/{conversation.id}")
        last = olga.submit("/messages", body="Hello")
    colleague = sign_in(people.sam)
    colleague.get(f"/store/messages/{conversation.id}")

    assert last.status_code == 429
    assert colleague.submit("/messages", body="Hello").status_code == 303


@contextmanager
def failing(app, begins_with):
    """Let the database refuse a kind of statement, as a broken disk would."""

    def refuse(_connection, _cursor, statement, *_):
        if statement.startswith(begins_with):
            raise RuntimeError("secret-of-the-machine-room")

    engine = engine_of(app)
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_500_tells_nothing_of_the_inside_and_keeps_the_text(app, olga, conversation, htmx):
    with failing(app, "INSERT INTO messages"):
        response = olga.submit("/messages", body=TEXT, htmx=htmx)

    assert response.status_code == 500
    assert "Sorry, there is a problem with the service" in response.text
    assert "secret-of-the-machine-room" not in response.text
    assert "Traceback" not in response.text
    assert htmx or TEXT in response.text
    assert len(all_rows(app)["messages"]) == 1
    olga.get(f"/store/messages/{conversation.id}")
    assert olga.submit("/messages", body=TEXT).status_code == 303


@pytest.mark.parametrize("backend", ["postgres"])
@pytest.mark.postgres
def test_connections_that_were_cut_are_made_anew(app, olga, conversation):
    import psycopg

    url = engine_of(app).url
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(False), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert olga.submit("/messages", body=TEXT).status_code == 303


def test_ready_says_when_the_database_has_no_schema(stranger):
    assert stranger.get("/ready").json == {"checks": {"database": "ok", "storage": "ok", "queue": "ok"}, "status": "ok"}
    assert stranger.get("/health").json == {"status": "ok"}


def test_a_foreign_page_may_not_post(olga, people, conversation):
    data = {**pages.fields(olga.form("/messages")), "body": TEXT}
    del data["csrf_token"]
    answer = olga.post(
        f"/store/messages/{conversation.id}/messages", data=data, headers={"Origin": "https://evil.test"}
    )

    assert answer.status_code == 400
