"""The plans of the hot queries: the indexes of the data model, no walk over a table, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from tests.backends import empty, engine_of
from tests.factories import messaging, save_in
from tests.messaging.bulk_rows import fill
from tests.messaging.plans import indexes_used, run
from tests.people import People
from webapp.accounts.models import Side, Store
from webapp.database import WRITING, now
from webapp.messaging import queries
from webapp.messaging.models import ConversationStatus, Message, MessageKind
from webapp.messaging.queries import ConversationFilters, Window
from webapp.messaging.words import Place, Said, of_message
from webapp.search import service as search

OPEN, CLOSED = ConversationStatus.OPEN, ConversationStatus.CLOSED
MINE = "ix_conversation_participants_list"
UNREAD = "ix_conversation_participants_unread_list"
STORE_TEAM = "ix_conversations_store_list"
PLATFORM_TEAM = "ix_conversations_channel_inbox"
LONG = 200_000
"""The id of a conversation of 3,000 messages."""

LISTS = {
    "mine open": ("olga", ConversationFilters(status=OPEN), MINE),
    "mine closed": ("olga", ConversationFilters(status=CLOSED), MINE),
    "mine all": ("olga", ConversationFilters(status=None), MINE),
    "mine of a customer": ("mara", ConversationFilters(status=OPEN), MINE),
    "mine of an admin": ("ada", ConversationFilters(status=None), MINE),
    "unread": ("olga", ConversationFilters(status=OPEN, unread=True), UNREAD),
    "unread of a customer": ("mara", ConversationFilters(status=None, unread=True), UNREAD),
    "store team open": ("sam", ConversationFilters(team=True, status=OPEN), STORE_TEAM),
    "store team all": ("sam", ConversationFilters(team=True, status=None), STORE_TEAM),
    "admin team open": ("ben", ConversationFilters(team=True, status=OPEN), PLATFORM_TEAM),
    "admin team all": ("ben", ConversationFilters(team=True, status=None), PLATFORM_TEAM),
}


@pytest.fixture(
    scope="module",
    params=[
        "sqlite",
        pytest.param("sqlite analyzed", marks=pytest.mark.slow),
        pytest.param("postgres analyzed", marks=pytest.mark.postgres),
    ],
)
def market(request, app_on):
    """A marketplace of 9,000 conversations, made once for this module; SQLite usually knows no statistics."""
    backend, _, analyzed = request.param.partition(" ")
    app = app_on(backend)
    empty(app)
    save_in(app)
    people, engine = People(), engine_of(app)
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        fill(connection, people, 9000)
        add_small_stores(connection)
        add_long_conversation(connection, people)
    if analyzed:
        if backend == "sqlite":
            with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
                connection.execute(text("ANALYZE"))
        else:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM FULL ANALYZE"))  # nothing is left of the tests before
    yield app, people
    if request.param == "sqlite analyzed":
        with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
            connection.execute(text("DELETE FROM sqlite_stat1"))
        engine.dispose()
    empty(app)
    save_in(None)


def add_small_stores(connection):
    """Let most stores have one conversation, so that a planner takes every store for small."""
    store = {"name": "Small", "is_active": True, "created_at": now()}
    connection.execute(insert(Store), [{**store, "code": f"small-{number}"} for number in range(300)])
    names = "subject, status, created_by_type, created_by_id, last_seq, message_count, last_message_at, created_at"
    names += ", conversation_type, last_message_preview, last_sender_type, last_sender_id"
    connection.execute(
        text(
            f"INSERT INTO conversations (id, store_id, {names}) SELECT 100000 + small.id, small.id, {names}"
            " FROM conversations JOIN (SELECT id FROM stores WHERE code LIKE 'small-%') AS small ON 1 = 1"
            " WHERE conversations.id = (SELECT min(id) FROM conversations WHERE conversation_type = 'admin_store'"
            " AND status = 'open')"
        )
    )


def add_long_conversation(connection, people):
    """Let the newest conversation of a store be one of 3,000 messages, none of which holds the word of all others."""
    names = "store_id, customer_id, subject, status, created_by_type, created_by_id, message_count, created_at"
    names += ", conversation_type, last_message_preview, last_sender_type, last_sender_id"
    connection.execute(
        text(
            f"INSERT INTO conversations (id, last_seq, last_message_at, {names})"
            f" SELECT {LONG}, 3000, (SELECT max(last_message_at) FROM conversations), {names} FROM conversations"
            f" WHERE id = (SELECT min(id) FROM conversations WHERE store_id = {people.harbor.id}"
            " AND conversation_type = 'store_customer' AND status = 'open')"
        )
    )
    row = {"conversation_id": LONG, "store_id": people.harbor.id, "sender_type": Side.STORE}
    row |= {"sender_id": people.olga.id, "kind": MessageKind.MESSAGE, "content": "y", "created_at": now()}
    place = Place(LONG, people.harbor.id, (Side.STORE, Side.CUSTOMER), people.mara.id)
    said = [Said(seq, (Side.STORE, people.olga.id), "Olga", "y") for seq in range(1, 3001)]
    connection.execute(insert(Message), [row | {"seq": one.seq, "words": of_message(place, one)} for one in said])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_a_range_of_its_index(market, name):
    app, people = market
    who, filters, index = LISTS[name]
    viewer = getattr(people, who)
    page, first = run(app, lambda: messaging.list_conversations(viewer, filters))
    assert len(page.rows) == 25
    assert page.next
    more, second = run(app, lambda: messaging.list_conversations(viewer, filters, page.next))
    assert len(more.rows) == 25

    assert index in indexes_used(app, first)
    assert index in indexes_used(app, second)


def test_the_badge_is_one_row_by_its_index(market):
    app, people = market
    for viewer, index in ((people.ada, "uq_inboxes_admin"), (people.olga, "uq_inboxes_in_store")):
        _, statements = run(app, lambda viewer=viewer: messaging.get_unread_count(viewer))
        assert "SUM" not in statements[0][0].upper()
        if engine_of(app).dialect.name == "sqlite":
            assert indexes_used(app, statements) == {index}
        else:
            indexes_used(app, statements)


@pytest.mark.parametrize("window", [Window(), Window(before=2), Window(after=1), Window(around=1)])
def test_a_thread_is_read_by_its_keys(market, window):
    app, people = market
    _, statements = run(app, lambda: messaging.get_conversation(people.olga, 7, window))

    used = indexes_used(app, statements, refused={MINE, STORE_TEAM, PLATFORM_TEAM})
    assert "uq_messages_conversation_id_seq" in used or engine_of(app).dialect.name == "sqlite"


def test_a_search_asks_the_index_of_a_long_conversation_for_that_one_alone(market):
    """Neither all messages of the conversation are read nor all that hold the word, which is in every other one."""
    app, people = market
    filters = ConversationFilters(team=True, status=None, text="x")
    found, statements = run(app, lambda: search.list_conversations(people.olga, filters))
    assert len(found.page.rows) == 25
    assert LONG not in found.hits

    used = indexes_used(app, statements, most=1300)
    assert "ix_message_words" in used or engine_of(app).dialect.name == "sqlite"


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_asking_for_news_walks_no_table(market, who):
    app, people = market
    _, statements = run(app, lambda: queries.news(getattr(people, who), 7, True))

    assert len(statements) == 1
    assert indexes_used(app, statements)
