"""Thousands of conversations in a moment, for the tests of query plans and statement counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, text

from tests.people import People
from webapp.accounts.models import Side
from webapp.database import now
from webapp.messaging import access
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
    Inbox,
    Message,
    MessageKind,
)
from webapp.messaging.words import Place, Said, of_message

_CHANNELS = list(ConversationType)
_COPIED = ("store_id", "status", "conversation_type", "last_message_at")


def fill(connection: Connection, people: People, count: int, messages_each: int = 2) -> None:
    """Insert conversations of both stores in all channels, a seventh closed, half with something unread for all."""
    moment = now()
    first = (connection.scalar(text("SELECT coalesce(max(id), 0) FROM conversations")) or 0) + 1
    inboxes = _inboxes(connection, people, moment)
    conversations, participants, messages = [], [], []
    for number in range(first, first + count):
        row = _conversation(people, number, moment - timedelta(seconds=number % 5000), messages_each)
        conversations.append(row)
        for side, person in _people_of(people, row):
            tenant = None if side is Side.ADMIN else row["store_id"]
            participants.append(
                {name: row[name] for name in _COPIED}
                | {"conversation_id": number, "participant_type": side, "participant_id": person}
                | {"inbox_id": inboxes[side, person, tenant], "unread_count": number % 2 * messages_each}
                | {"last_read_seq": 0, "email_notifications": True, "joined_at": moment}
            )
        place = Place(number, row["store_id"], access.sides(row["conversation_type"]), row["customer_id"])
        sender = (row["last_sender_type"], row["last_sender_id"])
        messages += [
            {"conversation_id": number, "store_id": row["store_id"], "seq": seq, "sender_type": row["last_sender_type"]}
            | {"sender_id": row["last_sender_id"], "kind": MessageKind.MESSAGE, "content": "x", "created_at": moment}
            | {"words": of_message(place, Said(seq, sender, "Olga", "x", subject=row["subject"]))}
            for seq in range(1, messages_each + 1)
        ]
    for table, rows in ((Conversation, conversations), (ConversationParticipant, participants), (Message, messages)):
        connection.execute(insert(table), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval('conversations_id_seq', :id)"), {"id": first + count})


def _conversation(people: People, number: int, at: datetime, seqs: int) -> dict:
    channel = _CHANNELS[number % 3]
    store, customer, user = (
        (people.harbor.id, people.mara.id, people.olga.id)
        if number % 5
        else (people.tea.id, people.nina.id, people.tom.id)
    )
    closed = number % 7 == 0
    sender = Side.STORE if channel is ConversationType.STORE_CUSTOMER else Side.ADMIN
    sender_id = user if sender is Side.STORE else people.ada.id
    return {
        "id": number,
        "store_id": store,
        "conversation_type": channel,
        "customer_id": None if channel is ConversationType.ADMIN_STORE else customer,
        "subject": f"Nr {number}",
        "status": ConversationStatus.CLOSED if closed else ConversationStatus.OPEN,
        "closed_at": at if closed else None,
        "created_by_type": sender,
        "created_by_id": sender_id,
        "last_seq": seqs,
        "message_count": seqs,
        "last_message_at": at,
        "last_message_preview": "x",
        "last_sender_type": sender,
        "last_sender_id": sender_id,
        "created_at": at,
    }


def _people_of(people: People, row: dict) -> list[tuple[Side, int]]:
    user = people.olga.id if row["store_id"] == people.harbor.id else people.tom.id
    found = {
        ConversationType.ADMIN_STORE: [(Side.ADMIN, people.ada.id), (Side.STORE, user)],
        ConversationType.STORE_CUSTOMER: [(Side.STORE, user), (Side.CUSTOMER, row["customer_id"])],
        ConversationType.ADMIN_CUSTOMER: [(Side.ADMIN, people.ada.id), (Side.CUSTOMER, row["customer_id"])],
    }
    return found[row["conversation_type"]]


def _inboxes(connection: Connection, people: People, moment: datetime) -> dict:
    """Find or make the inboxes of those who take part."""
    find = text("SELECT participant_type, participant_id, store_id, id FROM inboxes")
    owners = [people.ada, people.olga, people.tom, people.mara, people.nina]
    there = {tuple(row[:3]) for row in connection.execute(find)}
    missing = [one for one in owners if (one.side.value, one.id, one.store_id) not in there]
    if missing:
        connection.execute(
            insert(Inbox),
            [
                {"participant_type": one.side, "participant_id": one.id, "store_id": one.store_id}
                | {"unread_messages": 0, "unread_conversations": 0, "version": 0, "created_at": moment}
                for one in missing
            ],
        )
    return {(Side(row[0]), row[1], row[2]): row[3] for row in connection.execute(find)}
