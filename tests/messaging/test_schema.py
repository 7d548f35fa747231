"""Rows that must not exist: the database itself refuses them, whatever the code above it does."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.backends import engine_of
from tests.factories import make_customer, start
from webapp.database import WRITING

AT = "2026-01-01 00:00:00"


@pytest.fixture
def engine(people, app) -> Engine:
    """The engine of a database in which Olga of Harbor Goods and Mara share a conversation, and Tom has one with Nina.

    The ids: Harbor 1, Tea 2; Ada 1, Olga 3, Sam 4, Tom 5; Mara 1, Luis 2, Nina 3; conversations 1 and 2.
    """
    start(people.olga, people.mara_row)
    start(people.tom, people.nina_row)
    make_customer(people.harbor, "Spare")
    assert (people.harbor.id, people.olga.id, people.sam.id, people.nina.id) == (1, 3, 4, 3)
    return engine_of(app)


def insert(engine, table, **values):
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def conversation(**changed):
    row = {"store_id": 1, "conversation_type": "store_customer", "customer_id": 1, "subject": "S", "status": "open"}
    row |= {"created_by_type": "store", "created_by_id": 3, "last_seq": 1, "message_count": 1, "last_message_at": AT}
    row |= {"last_message_preview": "", "last_sender_type": "store", "last_sender_id": 3, "created_at": AT}
    return row | changed


def participant(engine, **changed):
    with engine.connect() as connection:
        find = "SELECT id FROM inboxes WHERE participant_type = 'store' AND participant_id = 3 AND store_id = 1"
        inbox = connection.scalar(text(find))
    row = {"conversation_id": 2, "participant_type": "store", "participant_id": 3, "store_id": 2, "inbox_id": inbox}
    row |= {"status": "open", "conversation_type": "store_customer", "last_message_at": AT, "unread_count": 0}
    row |= {"last_read_seq": 0, "email_notifications": True, "joined_at": AT}
    return row | changed


def message(**changed):
    row = {"conversation_id": 1, "store_id": 1, "seq": 2, "sender_type": "store", "sender_id": 3, "kind": "message"}
    return row | {"content": "x", "created_at": AT} | changed


def inbox(**changed):
    row = {"participant_type": "admin", "participant_id": 1, "store_id": None, "unread_messages": 0}
    return row | {"unread_conversations": 0, "version": 0, "created_at": AT} | changed


def test_right_rows_are_accepted(engine):
    insert(engine, "conversations", **conversation())
    insert(engine, "conversations", **conversation(conversation_type="admin_store", customer_id=None))
    insert(engine, "conversations", **conversation(status="closed", closed_at=AT))
    insert(engine, "messages", **message())
    insert(engine, "inboxes", **inbox())
    insert(engine, "inboxes", **inbox(participant_type="store", participant_id=4, store_id=1))
    insert(engine, "inboxes", **inbox(participant_type="store", participant_id=4, store_id=2))
    left = {"inbox_id": None, "left_at": AT}
    insert(engine, "conversation_participants", **participant(engine, participant_id=4, **left))


@pytest.mark.parametrize(
    "changed",
    [
        {"customer_id": 3},
        {"customer_id": 999},
        {"customer_id": None},
        {"conversation_type": "admin_store"},
        {"conversation_type": "store_store"},
        {"status": "snoozed"},
        {"status": "closed"},
        {"closed_at": AT},
        {"store_id": None},
        {"store_id": 999},
        {"created_by_type": "robot"},
        {"last_sender_type": "Admin"},
        {"message_count": 2},
        {"last_message_at": None},
    ],
)
def test_wrong_conversations(engine, changed):
    with pytest.raises(IntegrityError):
        insert(engine, "conversations", **conversation(**changed))


def test_a_key_stands_for_one_conversation_of_its_author(engine):
    insert(engine, "conversations", **conversation(client_key="k"))
    insert(engine, "conversations", **conversation(client_key="k", created_by_id=4))
    with pytest.raises(IntegrityError):
        insert(engine, "conversations", **conversation(client_key="k"))


def test_an_imported_conversation_is_there_once_a_store(engine):
    insert(engine, "conversations", **conversation(external_id="x"))
    with pytest.raises(IntegrityError):
        insert(engine, "conversations", **conversation(external_id="x"))
    insert(engine, "conversations", **conversation(external_id="x", store_id=2, customer_id=3))


@pytest.mark.parametrize(
    "changed",
    [
        {"store_id": 2},
        {"store_id": None},
        {"conversation_id": 999},
        {"seq": 1},
        {"seq": 0},
        {"sender_type": "nobody"},
        {"kind": "note"},
        {"content": None},
    ],
)
def test_wrong_messages(engine, changed):
    with pytest.raises(IntegrityError):
        insert(engine, "messages", **message(**changed))


def test_a_key_stands_for_one_message_of_its_sender_and_thread(engine):
    insert(engine, "messages", **message(client_key="k"))
    insert(engine, "messages", **message(client_key="k", seq=3, sender_id=4))
    with pytest.raises(IntegrityError):
        insert(engine, "messages", **message(client_key="k", seq=4))


@pytest.mark.parametrize(
    "changed",
    [
        {},  # Olga's inbox at Harbor Goods for a conversation of Tea Corner
        {"store_id": 1},  # a participant whose store is not the conversation's
        {"conversation_id": 1, "store_id": 1},  # Olga twice
        {"conversation_id": 1, "store_id": 1, "participant_id": 4},  # Sam with Olga's inbox
        {"conversation_id": 1, "store_id": 1, "participant_type": "customer"},  # a customer with Olga's inbox
        {"participant_type": "admin"},  # an admin with a store's inbox
        {"participant_type": "guest"},
        {"participant_id": 4, "inbox_id": None},  # here, but with no inbox
        {"left_at": AT},  # gone, but still in the inbox
        {"participant_id": 4, "inbox_id": None, "left_at": AT, "unread_count": -1},
        {"participant_id": 4, "inbox_id": None, "left_at": AT, "status": "odd"},
        {"participant_id": 4, "inbox_id": 999},
    ],
)
def test_wrong_participants(engine, changed):
    with pytest.raises(IntegrityError):
        insert(engine, "conversation_participants", **participant(engine, **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"store_id": 1},
        {"participant_type": "store", "participant_id": 4},
        {"participant_type": "store", "participant_id": 3, "store_id": 1},
        {"participant_type": "customer", "participant_id": 1, "store_id": 1},
        {"participant_type": "bot"},
        {"unread_messages": -1},
        {"unread_conversations": -1},
        {"participant_type": "store", "participant_id": 4, "store_id": 999},
    ],
)
def test_wrong_inboxes(engine, changed):
    with pytest.raises(IntegrityError):
        insert(engine, "inboxes", **inbox(**changed))


def test_an_admin_has_one_inbox(engine):
    insert(engine, "inboxes", **inbox())
    with pytest.raises(IntegrityError):
        insert(engine, "inboxes", **inbox())


def test_the_store_of_a_conversation_with_rows_cannot_change(engine):
    with (
        engine.connect().execution_options(**{WRITING: True}) as connection,
        pytest.raises(IntegrityError),
        connection.begin(),
    ):
        connection.execute(text("UPDATE conversations SET store_id = 2, customer_id = 3 WHERE id = 1"))


def test_every_row_of_a_tenant_has_a_store(engine):
    for table in ("conversations", "conversation_participants", "messages", "customers", "store_members"):
        columns = {column["name"]: column["nullable"] for column in inspect(engine).get_columns(table)}
        assert columns["store_id"] is False, table
