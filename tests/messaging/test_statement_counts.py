"""How many statements a verb costs, the same for 5 and for 500 rows: round trips dominate on PostgreSQL."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import event

from tests.backends import engine_of
from tests.factories import make_store_user, messaging, send, start
from tests.messaging.bulk_rows import fill
from webapp.database import WRITING, reading, writing
from webapp.messaging.drafts import Draft
from webapp.messaging.queries import ConversationFilters, Window

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


@pytest.fixture
def count(app):
    """Count the statements that an act sends to the database."""

    def counted(act, block=reading):
        statements = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith(NOT_COUNTED):
                statements.append(statement)

        engine = engine_of(app)
        event.listen(engine, "before_cursor_execute", note)
        try:
            with block():
                act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert statements
        return len(statements)

    return counted


@pytest.fixture(params=[5, 500])
def rows(request, app, people):
    """So many conversations are there."""
    with engine_of(app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        fill(connection, people, request.param)
    return request.param


def test_the_badge_is_one(people, count, rows):
    assert count(lambda: messaging.get_unread_count(people.olga)) == 1


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize(
    "filters",
    [
        ConversationFilters(),
        ConversationFilters(status=None),
        ConversationFilters(team=True, status=None),
        ConversationFilters(unread=True),
    ],
)
def test_a_list_is_two(people, count, rows, who, filters):
    assert count(lambda: messaging.list_conversations(getattr(people, who), filters, limit=100)) <= 2


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_a_thread_is_three(people, count, rows, who):
    conversation = start(people.olga, people.mara_row)
    for _ in range(rows // 50):
        send(people.mara, conversation)
    viewer = getattr(people, who)

    assert count(lambda: messaging.get_conversation(viewer, conversation.id)) <= 3
    assert count(lambda: messaging.get_conversation(viewer, conversation.id, Window(limit=500))) <= 3


@pytest.mark.parametrize("members", [0, 40])
@pytest.mark.parametrize("who", ["olga", "ada"])
def test_a_send_is_eight_on_sqlite_and_nine_on_postgresql(people, count, backend, who, members):
    for number in range(members):
        make_store_user(people.harbor, f"Member {number}")
    conversation = start(people.ada, people.harbor)
    viewer, key = getattr(people, who), str(uuid.uuid4())

    most = 8 if backend == "sqlite" else 9
    for draft in (Draft("Hello"), Draft("Hello", key)):
        assert count(lambda draft=draft: messaging.send_message(viewer, conversation.id, draft), writing) <= most
