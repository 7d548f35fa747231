"""The plans of the hot queries: the indexes of the data model, no walk over a table, on both databases."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert, text

from tests.backends import empty, engine_of
from tests.factories import messaging, save_in
from tests.messaging.bulk_rows import fill
from tests.people import People
from webapp.accounts.models import Store
from webapp.database import WRITING, now, reading, session
from webapp.messaging import queries
from webapp.messaging.models import ConversationStatus
from webapp.messaging.queries import ConversationFilters, Window

OPEN, CLOSED = ConversationStatus.OPEN, ConversationStatus.CLOSED
MINE = "ix_conversation_participants_list"
UNREAD = "ix_conversation_participants_unread_list"
STORE_TEAM = "ix_conversations_store_list"
PLATFORM_TEAM = "ix_conversations_channel_inbox"
MOST_SORTED = 3 * (queries.COUNTED_TO + 1)
"""Rows that a planner may rather sort than walk in order: half of the largest inbox here, by its guess."""
MOST_BUFFERS = 250
"""Pages that a statement may touch which does not count: eight for each row, and for admins those of its store."""
LARGE = ("conversations", "conversation_participants", "messages")

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


@contextmanager
def recorded(app):
    """The SELECTs that run meanwhile, with their parameters."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    engine = engine_of(app)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def run(app, act):
    with app.app_context(), recorded(app) as statements, reading():
        found = act()
    return found, list(statements)


def indexes_used(app, statements, refused=()):
    """Explain each statement, refuse what walks a large table, and return the indexes that every kind of plan names."""
    with app.app_context(), reading():
        if engine_of(app).dialect.name == "sqlite":
            return _of_sqlite(statements)
        plans = [_of_postgres(statements, mode) for mode in ("auto", "force_generic_plan")]
        assert not plans[0].union(plans[1]).intersection(refused)
        return plans[0] & plans[1]


def _of_sqlite(statements):
    used = set()
    for statement, parameters in statements:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        steps_of = defaultdict(list)
        for _, parent, _, step in plan:
            steps_of[parent].append(step)
        for steps in steps_of.values():
            text_of_steps = "\n".join(steps)
            assert not re.search(rf"SCAN ({'|'.join(LARGE)})\b", text_of_steps), plan
            is_range = re.search(r"USING (COVERING )?INDEX ix_conversation", text_of_steps)
            assert not (is_range and "USE TEMP B-TREE FOR" in text_of_steps), plan
            used.update(re.findall(r"USING (?:COVERING )?INDEX (\w+)", text_of_steps))
    return used


def _of_postgres(statements, mode):
    used = set()
    connection = session.connection()
    connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = '{mode}'")
    for number, (statement, parameters) in enumerate(statements):
        name = f"hot_{mode}_{number}"
        order = re.findall(r"%\((\w+)\)s", statement)
        places = {key: f"${position}" for position, key in enumerate(dict.fromkeys(order), 1)}
        body = re.sub(r"%\((\w+)\)s", lambda found, places=places: places[found[1]], statement).replace("%%", "%")
        connection.exec_driver_sql(f"PREPARE {name} AS {body}")
        values = ", ".join(_literal(parameters[key]) for key in places)
        call = f"EXECUTE {name}({values})" if places else f"EXECUTE {name}"
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {call}").scalar()
        connection.exec_driver_sql(f"DEALLOCATE {name}")
        top = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
        touched = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        assert touched <= MOST_BUFFERS or "count(*)" in statement, (mode, touched, statement)
        for node in _nodes(top):
            walks = node["Node Type"] == "Seq Scan" and node.get("Relation Name") in LARGE
            assert not walks, (mode, node)
            assert not (node["Node Type"] == "Sort" and node["Plan Rows"] > MOST_SORTED), (mode, node)
            if "Index Name" in node:
                used.add(node["Index Name"])
    return used


def _nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _literal(value):
    if isinstance(value, bool | int):
        return str(value)
    return "'" + str(value).replace("%", "%%") + "'"


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


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_asking_for_news_walks_no_table(market, who):
    app, people = market
    _, statements = run(app, lambda: queries.news(getattr(people, who), 7, True))

    assert len(statements) == 1
    assert indexes_used(app, statements)
