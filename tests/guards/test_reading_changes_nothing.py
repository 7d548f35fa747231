"""GET and HEAD change no row but the session's last_seen_at, at most every five minutes and never by a poll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.backends import engine_of
from tests.factories import attach, send, start
from tests.guards.routes import routes_of
from tests.guards.rows import all_rows, changed
from tests.portals.fixtures import inbox_of
from webapp.accounts.models import SignInSession
from webapp.database import WRITING, now

QUERIES = ("", "?status=all&scope=team", "?unread=1&q=a", "?before=2", "?after=0", "?m=1", "?next=/store/messages")
QUIET = {"news", "badge"}


def been_away(app, minutes):
    """Let the last sign of everybody be so long ago."""
    with engine_of(app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        connection.execute(update(SignInSession).values(last_seen_at=now() - timedelta(minutes=minutes)))


def last_seen(app):
    (session,) = all_rows(app)["sessions"]
    return session["last_seen_at"]


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_route_changes_a_row(app, sign_in, people, who, method):
    viewer = getattr(people, who)
    conversation = start(people.ada, people.harbor) if who == "ada" else start(people.olga, people.mara_row)
    other = {"ada": people.olga, "olga": people.mara, "mara": people.olga}[who]
    send(other, conversation, "Unread")
    file = attach(other, conversation)
    browser = sign_in(viewer)
    before, statuses = all_rows(app), set()

    for route in routes_of(app, viewer, method):
        for query in QUERIES if method == "GET" else QUERIES[:1]:
            for htmx in (False, True):
                response = browser.open(route.path(conversation.id, file) + query, method=method, htmx=htmx)
                statuses.add(response.status_code)
        assert changed(before, all_rows(app)) == [], str(route)

    assert 200 in statuses


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_a_page_notes_that_the_person_is_there_every_five_minutes(app, sign_in, people, who):
    viewer = getattr(people, who)
    browser = sign_in(viewer)

    been_away(app, 4)
    before = last_seen(app)
    browser.get(inbox_of(viewer))
    assert last_seen(app) == before

    been_away(app, 6)
    before = last_seen(app)
    browser.get(inbox_of(viewer))
    assert last_seen(app) > before


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize("poll", sorted(QUIET))
def test_a_poll_is_no_sign_of_a_person(app, sign_in, people, who, poll):
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    been_away(app, 60)
    before = last_seen(app)

    response = browser.get(f"{inbox_of(viewer)}/_/{poll}?badge=0", headers={"HX-Request": "true"})

    assert response.status_code in {200, 204}
    assert last_seen(app) == before


def test_somebody_who_was_away_for_a_week_is_signed_out(app, sign_in, people):
    browser = sign_in(people.olga)
    been_away(app, 7 * 24 * 60 + 1)

    assert browser.get("/store/messages").status_code == 302


def test_the_dump_sees_a_change(app, people):
    conversation = start(people.olga, people.mara_row)
    before = all_rows(app)
    send(people.mara, conversation)

    assert {"messages", "conversations", "conversation_participants"} <= set(changed(before, all_rows(app)))
