"""Rows by the million: a marketplace with stores of very different size, written past the ORM and past the indexes.

Store after store takes a smaller part (zipf), the largest about a tenth; a customer has some five conversations. Texts
are of words as common as those of a language: the commonest is in every third message, most are in a few.
"""

from __future__ import annotations

import random
import sqlite3
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.models import Side
from webapp.messaging.words import Place, Said, Words, of_message

STORES = 1000
MESSAGES = 5
BATCH = 2000
SKEW = 0.9
UNREAD = 1000
"""The newest conversations, in which the customer's last message is unread: as many at every size."""
START = datetime(2020, 1, 1, tzinfo=UTC)
VOCABULARY = 20_000
COMMON, MEDIUM, RARE = "w0", "w150", "needle"
"""A word of every third message, one of a few in a thousand, and one that the largest store has three times."""
FOREIGN = "elsewhere"
"""A word that another store than the largest knows."""
PARTIES = (Side.ADMIN, Side.STORE), (Side.STORE, Side.CUSTOMER)

Row = tuple[Any, ...]
_COLUMNS = {
    "conversations": "id store_id conversation_type subject status closed_at created_by_type created_by_id customer_id"
    " last_seq message_count last_message_at last_message_preview last_sender_type last_sender_id created_at",
    "conversation_participants": "conversation_id participant_type participant_id store_id inbox_id status"
    " conversation_type last_message_at unread_count last_read_seq email_notifications joined_at",
    "messages": "conversation_id store_id seq sender_type sender_id kind content words created_at",
}


class Stores:
    """Which store a conversation is of, and who is in it."""

    def __init__(self, owners: Sequence[tuple[int, int]], conversations: int) -> None:
        """``owners`` are the stores' ids with the ids of their owners."""
        self.owners = owners
        self._parts = list(accumulate(1 / (rank + 1) ** SKEW for rank in range(len(owners))))
        self.customers_each = [max(1, round(conversations * self.part(rank) / 5)) for rank in range(len(owners))]
        self.first_customer = [0, *accumulate(self.customers_each)]

    def part(self, rank: int) -> float:
        """Return the part of all conversations that a store has."""
        return (self._parts[rank] - (self._parts[rank - 1] if rank else 0)) / self._parts[-1]

    def any(self, chance: random.Random) -> int:
        """Return the rank of the next conversation's store."""
        return bisect(self._parts, chance.random() * self._parts[-1])


def load(engine: Engine, stores: Stores, conversations: int) -> None:
    """Write the conversations with their participants and messages; customers, inboxes and stores are there."""
    chance = random.Random(7)
    for first in range(1, conversations + 1, BATCH):
        rows = _rows(stores, chance, range(first, min(first + BATCH, conversations + 1)), conversations, engine)
        for table, of_table in zip(_COLUMNS, rows, strict=True):
            copy(engine, table, _COLUMNS[table].split(), of_table)


def copy(engine: Engine, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows in the fastest way that the driver has."""
    names = ", ".join(columns)
    raw = engine.raw_connection()
    try:
        if isinstance(raw.driver_connection, sqlite3.Connection):
            raw.driver_connection.execute("PRAGMA foreign_keys = OFF")  # what is loaded holds together
            raw.driver_connection.execute("PRAGMA synchronous = OFF")
            raw.driver_connection.execute("PRAGMA cache_size = -400000")
            raw.driver_connection.execute("BEGIN IMMEDIATE")
            places = ", ".join("?" * len(columns))
            raw.driver_connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)
            raw.driver_connection.execute("COMMIT")
            raw.driver_connection.execute("PRAGMA foreign_keys = ON")
            raw.driver_connection.execute("PRAGMA synchronous = NORMAL")
        else:
            raw.driver_connection.execute("SET session_replication_role = replica")  # no foreign key is checked
            with raw.driver_connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as out:
                for row in rows:
                    out.write_row(row)
            raw.driver_connection.execute("SET session_replication_role = DEFAULT")
            raw.driver_connection.commit()
    finally:
        raw.close()


def moment(at: datetime, engine: Engine) -> str:
    """Return a moment as the database keeps it."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}" + ("" if engine.dialect.name == "sqlite" else "+00")


def _rows(
    stores: Stores, chance: random.Random, numbers: Iterable[int], conversations: int, engine: Engine
) -> tuple[list[Row], list[Row], list[Row]]:
    of_conversations: list[Row] = []
    of_participants: list[Row] = []
    of_messages: list[Row] = []
    dialect = sqlite.dialect() if engine.dialect.name == "sqlite" else postgresql.dialect()
    kept = Words()
    for number in numbers:
        rank = stores.any(chance)
        store, owner = stores.owners[rank]
        customer = 1 + stores.first_customer[rank] + chance.randrange(stores.customers_each[rank])
        at = START + timedelta(seconds=number * 100)
        last = moment(at + timedelta(seconds=MESSAGES), engine)
        status = "closed" if number % 7 == 0 else "open"
        unread = int(number > conversations - UNREAD and status == "open")
        place = Place(number, store, PARTIES[1], customer)
        subject = f"Order {number}"
        text = ""
        for seq in range(1, MESSAGES + 1):
            of_store = seq in {1, 3}
            sender = ("store", Side.STORE, owner) if of_store else ("customer", Side.CUSTOMER, customer)
            text = _text(chance, number, seq, rank, conversations)
            names = (f"Customer {customer}", f"Store {store}") if seq == 1 else ()
            said = Said(
                seq, (sender[1], sender[2]), f"Person {sender[2]}", text, (), subject if seq == 1 else "", names
            )
            words = kept.process_bind_param(of_message(place, said), dialect)
            sent = moment(at + timedelta(seconds=seq), engine)
            of_messages.append((number, store, seq, sender[0], sender[2], "message", text, words, sent))
        of_conversations.append(
            (
                *(number, store, "store_customer", subject, status, last if status == "closed" else None),
                *("store", owner, customer, MESSAGES, MESSAGES, last, text[:140], "customer", customer),
                moment(at, engine),
            )
        )
        for side, person in (("store", owner), ("customer", customer)):
            inbox = rank + 1 if side == "store" else len(stores.owners) + customer
            count, mark = (unread, MESSAGES - unread) if side == "store" else (0, MESSAGES)
            of_participants.append(
                (number, side, person, store, inbox, status, "store_customer", last, count, mark, True, last)
            )
    return of_conversations, of_participants, of_messages


def _text(chance: random.Random, number: int, seq: int, rank: int, conversations: int) -> str:
    words = [f"w{int(VOCABULARY ** chance.random()) - 1}" for _ in range(12)]
    if seq == 2 and rank == 0 and number % max(1, conversations // 30) < 3:
        words.append(RARE)
    if seq == 2 and rank == 5:
        words.append(FOREIGN)
    return " ".join(words)


def inboxes(stores: Stores, engine: Engine) -> Iterator[Row]:
    """Yield the inboxes: of the owners first, then of the customers, each with its number."""
    at = moment(START, engine)
    for rank, (store, owner) in enumerate(stores.owners):
        yield rank + 1, "store", owner, store, 0, 0, 0, at
    number = len(stores.owners)
    for rank, (store, _) in enumerate(stores.owners):
        for _one in range(stores.customers_each[rank]):
            number += 1
            yield number, "customer", number - len(stores.owners), store, 0, 0, 0, at


def customers(stores: Stores, engine: Engine) -> Iterator[Row]:
    """Yield the customers, store by store."""
    at, number = moment(START, engine), 0
    for rank, (store, _) in enumerate(stores.owners):
        for _one in range(stores.customers_each[rank]):
            number += 1
            yield number, store, f"c{number}@bench.example", f"Customer {number}", True, "en", "UTC", at
