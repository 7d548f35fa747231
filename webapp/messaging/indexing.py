"""The words of messages that are there already, made anew from their rows, without a viewer: for repairs and doctor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from webapp.accounts.models import Customer, Side, Store, User
from webapp.attachments.models import MessageAttachment
from webapp.database import session
from webapp.messaging import access
from webapp.messaging.models import Conversation, Message, MessageKind
from webapp.messaging.words import Place, Said, of_message

BATCH = 1000
Person = tuple[Side, int]


@dataclass(frozen=True, slots=True)
class Names:
    """The names by which messages are found: of people, by side and id, and of stores."""

    people: dict[Person, str]
    stores: dict[int, str]

    @classmethod
    def of(cls, people: Iterable[Person], stores: Iterable[int], connection: Connection) -> Names:
        """Read the names in three statements."""
        wanted = set(people)
        customers = {number for side, number in wanted if side is Side.CUSTOMER}
        users = {number for side, number in wanted if side is not Side.CUSTOMER}
        of_customers, of_users = _names(Customer, customers, connection), _names(User, users, connection)
        found = {(side, n): (of_customers if side is Side.CUSTOMER else of_users).get(n, "") for side, n in wanted}
        return cls(found, _names(Store, set(stores), connection))

    def of_parties(self, place: Place) -> list[str]:
        """Return the names by which a conversation's first message is found."""
        store = self.stores[place.store_id]
        if place.customer_id is None:
            return [store]
        return [self.people[Side.CUSTOMER, place.customer_id], store]


@dataclass(frozen=True, slots=True)
class Reading:
    """The words that a message has, and those that it should have."""

    message_id: int
    conversation_id: int
    kept: set[str]
    right: list[str]

    @property
    def is_right(self) -> bool:
        return self.kept == set(self.right)


def read_all(connection: Connection | None = None) -> Iterator[list[Reading]]:
    """Yield all messages in batches, in the order of their ids; each batch is read when it is asked for."""
    last = 0
    while batch := read_after(last, connection):
        yield batch
        last = batch[-1].message_id


def read_after(message_id: int, connection: Connection | None = None) -> list[Reading]:
    """Read the batch of messages that follows one."""
    return _read(Message.id > message_id, BATCH, connection or session.connection())


def read(message_ids: Collection[int]) -> list[Reading]:
    """Read some messages."""
    return _read(Message.id.in_(message_ids), len(message_ids), session.connection())


def write(readings: Iterable[Reading], connection: Connection | None = None) -> int:
    """Give the messages the words that they should have; return how many had others."""
    wrong = [{"key": one.message_id, "right": one.right} for one in readings if not one.is_right]
    if wrong:
        table: Any = Message.__table__
        statement = update(table).where(table.c.id == bindparam("key")).values(words=bindparam("right"))
        (connection or session.connection()).execute(statement, wrong)
    return len(wrong)


def _read(which: Any, most: int, connection: Connection) -> list[Reading]:
    rows = connection.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.store_id,
            Message.seq,
            Message.sender_type,
            Message.sender_id,
            Message.kind,
            Message.content,
            Message.words,
            Conversation.conversation_type,
            Conversation.subject,
            Conversation.customer_id,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(which)
        .order_by(Message.id)
        .limit(most)
    ).all()
    people = {(row.sender_type, row.sender_id) for row in rows}
    people |= {(Side.CUSTOMER, row.customer_id) for row in rows if row.customer_id is not None}
    names = Names.of(people, {row.store_id for row in rows}, connection)
    files = _filenames([row.id for row in rows], connection)
    return [
        Reading(row.id, row.conversation_id, set(row.words), _right(row, names, files.get(row.id, []))) for row in rows
    ]


def _right(row: Any, names: Names, filenames: list[str]) -> list[str]:
    if row.kind is not MessageKind.MESSAGE:
        return []
    place = Place(row.conversation_id, row.store_id, access.sides(row.conversation_type), row.customer_id)
    sender = (row.sender_type, row.sender_id)
    said = Said(
        row.seq,
        sender,
        names.people[sender],
        row.content,
        filenames,
        row.subject if row.seq == 1 else "",
        names.of_parties(place) if row.seq == 1 else (),
    )
    return of_message(place, said)


def _filenames(message_ids: list[int], connection: Connection) -> dict[int, list[str]]:
    rows = connection.execute(
        select(MessageAttachment.message_id, MessageAttachment.filename)
        .where(MessageAttachment.message_id.in_(message_ids))
        .order_by(MessageAttachment.message_id, MessageAttachment.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row.message_id].append(row.filename)
    return found


def _names(table: type[Customer | User | Store], ids: set[int], connection: Connection) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in connection.execute(select(table.id, table.name).where(table.id.in_(ids)))}
