"""doctor: clean data is ok, and each kind of damage is named, with exit code 1."""

from __future__ import annotations

import pytest

from tests import factories
from tests.cli.conftest import Run, Sql
from tests.people import People

CONVERSATION = "UPDATE conversations SET {} WHERE id = 1"
PARTICIPANT = "UPDATE conversation_participants SET {} WHERE conversation_id = 1 AND participant_type = 'store'"
EVERYTHING = [
    ("numbered from 1", "UPDATE messages SET seq = 9 WHERE conversation_id = 1 AND seq = 2"),
    ("agree with their messages", CONVERSATION.format("message_count = 1")),
    ("agree with their messages", CONVERSATION.format("last_message_preview = 'other'")),
    ("agree with their messages", CONVERSATION.format("last_message_at = '2020-01-01 00:00:00.000000'")),
    ("agree with their messages", CONVERSATION.format("last_sender_id = 77")),
    ("agree with their messages", CONVERSATION.format("last_seq = 50")),
    ("agree with their messages", "DELETE FROM messages WHERE conversation_id = 1"),
    ("status, channel and time", PARTICIPANT.format("status = 'closed'")),
    ("status, channel and time", PARTICIPANT.format("conversation_type = 'admin_store'")),
    ("status, channel and time", PARTICIPANT.format("last_message_at = '2020-01-01 00:00:00.000000'")),
    (
        "ends with its close event",
        "UPDATE messages SET content = 'reopened' WHERE conversation_id = 2 AND kind = 'event'",
    ),
    (
        "ends with its close event",
        "UPDATE messages SET kind = 'event', content = 'closed' WHERE conversation_id = 1 AND seq = 2",
    ),
    (
        "no message follows a close",
        "INSERT INTO messages (conversation_id, store_id, seq, sender_type, sender_id, kind, content, created_at)"
        " SELECT conversation_id, store_id, seq + 1, sender_type, sender_id, 'message', 'late', created_at"
        " FROM messages WHERE conversation_id = 2 AND seq = 5",
    ),
    (
        "customer takes part",
        "DELETE FROM conversation_participants WHERE conversation_id = 1 AND participant_type = 'customer'",
    ),
    (
        "customer takes part",
        "UPDATE conversation_participants SET participant_id = 2"
        " WHERE conversation_id = 1 AND participant_type = 'customer'",
    ),
    (
        "of the channel's sides",
        "UPDATE messages SET sender_type = 'admin', sender_id = 1 WHERE conversation_id = 1 AND seq = 1",
    ),
    ("of the channel's sides", "UPDATE messages SET sender_id = 4711 WHERE conversation_id = 1 AND seq = 1"),
    (
        "of the channel's sides",
        "DELETE FROM store_members WHERE user_id = (SELECT created_by_id FROM conversations WHERE id = 1)",
    ),
    ("read marks", PARTICIPANT.format("last_read_seq = 400")),
    ("inbox belongs to somebody", "UPDATE inboxes SET participant_id = 4711 WHERE participant_type = 'admin'"),
    (
        "settings can be read",
        "INSERT INTO platform_settings (key, value, value_type, category, updated_at, created_at)"
        " VALUES ('message_attachment_max_files', 'many', 'int', 'messaging', '2026-01-01 00:00', '2026-01-01 00:00')",
    ),
    (
        "settings can be read",
        "INSERT INTO platform_settings (key, value, value_type, category, updated_at, created_at)"
        " VALUES ('no_such', '1', 'int', 'messaging', '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
    ),
    ("unread counts are right", PARTICIPANT.format("unread_count = unread_count + 1")),
    ("unread counts are right", "UPDATE inboxes SET unread_messages = unread_messages + 1 WHERE id = 1"),
]


@pytest.fixture
def two_threads(app) -> People:
    people = People()
    late = factories.start(people.olga, people.mara_row, "Late parcel")
    factories.send(people.mara, late, "Where is it?")
    factories.send(people.sam, late, "On   its way\nto you")
    done = factories.start(people.sam, people.luis_row, "Done")
    factories.close(people.sam, done)
    factories.reopen(people.olga, done)
    factories.send(people.luis, done, "Thanks")
    factories.close(people.sam, done)
    factories.start(people.ada, people.tea, "Payout")
    sql_ids = [late.id, done.id]
    assert sql_ids == [1, 2], "the damages below name these"
    return people


def test_clean_data_is_ok(two_threads, run: Run):
    result = run("doctor")

    assert result.exit_code == 0, result.output
    assert all(line.startswith("ok ") for line in result.output.splitlines())
    assert len(result.output.splitlines()) >= 14


def test_an_empty_database_is_ok(app, run: Run):
    assert run("doctor").exit_code == 0


@pytest.mark.parametrize(("named", "damage"), EVERYTHING, ids=range(len(EVERYTHING)))
def test_every_damage_is_named(named, damage, two_threads, run: Run, sql: Sql):
    sql(damage)

    result = run("doctor")

    assert result.exit_code == 1, result.output
    assert [line for line in result.output.splitlines() if line.startswith("WRONG") and named in line], result.output


def test_a_schema_that_is_behind_is_the_only_thing_it_says(app, run: Run, sql: Sql):
    ((head,),) = sql("SELECT version_num FROM alembic_version")
    sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        result = run("doctor")
    finally:
        sql(f"UPDATE alembic_version SET version_num = '{head}'")

    assert result.exit_code == 1
    assert "flask db upgrade" in result.output
    assert len(result.output.splitlines()) == 1


def test_a_row_that_refers_to_nothing_is_named_on_sqlite(backend, run: Run, sql: Sql):
    if backend != "sqlite":
        return  # PostgreSQL admits no such row
    sql(
        "INSERT INTO store_members (store_id, user_id, role, is_active, created_at)"
        " VALUES (7, 7, 'agent', 1, '2026-01-01 00:00:00')"
    )

    result = run("doctor")

    assert result.exit_code == 1
    assert "store_members row" in result.output
