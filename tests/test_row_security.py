"""PostgreSQL's last wall: a query that forgot its viewer sees no foreign row; nothing stays in the pool."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests import backends, factories
from tests.factories import attach, send, start
from tests.people import People
from tests.portals.fixtures import browser_of, inbox_of, start_session
from webapp import row_security
from webapp.database import session, writing
from webapp.messaging import access

pytestmark = pytest.mark.postgres
TABLES = ("conversations", "messages", "message_attachments", "conversation_participants")
EVERYBODY = ("ada", "olga", "sam", "tom", "wim_at_tea", "mara", "luis", "nina")


@pytest.fixture
def app(app_on):
    found = app_on("postgres")
    backends.empty(found)
    factories.save_in(found)
    yield found
    factories.save_in(None)


@pytest.fixture
def people(app):
    return People()


@pytest.fixture
def talks(people):
    """A conversation with a file in each channel and store."""
    made = [
        start(people.olga, people.mara_row),
        start(people.olga, people.luis_row),
        start(people.tom, people.nina_row),
        start(people.ada, people.harbor),
        start(people.ada, people.tea),
        start(people.ada, people.mara_row),
    ]
    for talk in made:
        attach(people.ada if talk.conversation_type.value.startswith("admin") else people.olga
               if talk.store_id == people.harbor.id else people.tom, talk)  # fmt: skip
    return made


def ids(table, column="conversation_id"):
    return set(session.scalars(text(f"SELECT {'id' if table == 'conversations' else column} FROM {table}")))


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_query_without_a_condition_finds_what_access_shows(app, people, talks, who):
    viewer = getattr(people, who)
    with app.app_context():
        seen = {talk.id for talk in talks if access.exists(viewer, talk.id)}
        session.rollback()
        row_security.act_for(viewer.side.value, viewer.id, viewer.store_id)
        for table in TABLES[:3]:
            assert ids(table) == seen
        own_store = {talk.id for talk in talks if viewer.is_admin or talk.store_id == viewer.store_id}
        admins = set(session.scalars(text(_OF_ADMINS)))
        assert ids(TABLES[3]) == own_store | admins
        session.rollback()


_OF_ADMINS = "SELECT conversation_id FROM conversation_participants WHERE participant_type = 'admin'"


def test_a_foreign_row_can_neither_be_changed_nor_made(app, people, talks):
    def acting_as_tom(statement):
        with writing():
            row_security.act_for("store", people.tom.id, people.tea.id)
            return session.execute(text(statement)).rowcount

    foreign = talks[0].id
    with app.app_context():
        assert acting_as_tom(f"UPDATE conversations SET subject = 'x' WHERE id = {foreign}") == 0
        assert acting_as_tom(f"DELETE FROM message_attachments WHERE conversation_id = {foreign}") == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            acting_as_tom(
                "INSERT INTO messages (id, conversation_id, store_id, seq, sender_type, sender_id, kind, content,"
                f" created_at) VALUES (999, {foreign}, {people.harbor.id}, 99, 'store', 1, 'message', 'x', now())"
            )


def test_requests_run_as_the_role_and_leave_nothing_behind(app, people, talks):
    seen = []

    def look(response):
        if g.get("viewer"):
            seen.append(session.execute(text("SELECT current_user, current_setting('parley.side', true)")).one())
        return response

    app.after_request_funcs.setdefault(None, []).append(look)  # the decorator is refused after the first request
    browser = browser_of(app)
    browser.set_cookie("parley_store", start_session(people.olga))
    assert browser.get(f"{inbox_of(people.olga)}/{talks[0].id}").status_code == 200
    assert seen == [(backends.ROLE, "store")]
    app.after_request_funcs[None].remove(look)
    with app.app_context():
        for _ in range(3):
            owner, side = session.execute(text("SELECT current_user, current_setting('parley.side', true)")).one()
            assert (owner, side or "") == ("postgres", "")
            session.rollback()


def test_what_others_have_unread_is_counted_right_behind_the_wall(app, people, talks):
    """A customer's message lets store users step in, and the store's lets admins: their sums need all of their rows."""
    for sender, talk in ((people.mara, talks[5]), (people.olga, talks[3]), (people.mara, talks[0])):
        with app.app_context():
            row_security.act_for(sender.side.value, sender.id, sender.store_id)
            send(sender, talk)
    result = app.test_cli_runner().invoke(args=["recount-unread", "--dry-run"])

    assert "nothing to repair" in result.output


@pytest.mark.parametrize("name", ["", "Parley", "x; DROP TABLE users", "a-b"])
def test_a_role_with_an_odd_name_is_refused(app, name):
    with app.app_context(), pytest.raises(ValueError, match="no name of a role"):
        row_security.grant(session.connection(), name)
