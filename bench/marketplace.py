"""A marketplace of any size in a database of its own: one store has half of the conversations, many share the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from webapp import create_app
from webapp.accounts import sessions
from webapp.accounts.models import MemberRole, Side, User
from webapp.accounts.service import AccountService
from webapp.accounts.sessions import Visit
from webapp.config import Config, Environment
from webapp.database import session, writing
from webapp.messaging import bulk
from webapp.messaging.bulk import Line, WholeConversation
from webapp.messaging.models import ConversationType

STORES = 20
MESSAGES = 5
BATCH = 500
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Marketplace:
    """The application on its database, and a signed-in owner of the largest store."""

    app: Flask
    conversations: int
    token: str
    thread: int
    """A conversation of the largest store with 200 messages."""
    environment: dict[str, str]
    """What a server of its own needs to serve it."""


def build(folder: Path, conversations: int) -> Marketplace:
    """Make the database with so many conversations of five messages each."""
    database_url, secret_key = f"sqlite:///{folder}/bench-{conversations}.db", "bench" * 8
    config = Config(env=Environment.TEST, secret_key=secret_key, database_url=database_url, rate_limits="off")
    environment = {
        "PARLEY_ENV": "test",
        "PARLEY_SECRET_KEY": secret_key,
        "PARLEY_DATABASE_URL": database_url,
        "PARLEY_RATE_LIMITS": "off",
    }
    app = create_app(config)
    accounts = AccountService()
    with app.app_context():
        upgrade()
        with writing():
            stores = [accounts.create_store(f"store-{number}", f"Store {number}") for number in range(STORES)]
            owners = [accounts.create_store_user(f"owner{s.id}@bench.example", f"Owner {s.id}", None) for s in stores]
            customers = []
            for store, owner in zip(stores, owners, strict=True):
                accounts.add_member(store, owner, MemberRole.OWNER)
                customers.append(accounts.create_customer(store, "customer@bench.example", "Mara Lind", None).id)
            places = [(s.id, o.id, c) for s, o, c in zip(stores, owners, customers, strict=True)]
        for first in range(0, conversations, BATCH):
            with writing():
                bulk.write(
                    _whole(number, places, conversations) for number in range(first, min(first + BATCH, conversations))
                )
        with writing():
            bulk.write([_whole(conversations, places[:1], conversations, messages=200)])
            session.connection().exec_driver_sql("ANALYZE")
            token = sessions.start(session.get_one(User, places[0][1]), places[0][0], Visit("127.0.0.1", "bench"))
        newest = session.connection().exec_driver_sql("SELECT max(id) FROM conversations").scalar_one()
    return Marketplace(app, conversations, token, newest, environment)


def _whole(number: int, places: list[tuple[int, int, int]], latest: int, messages: int = MESSAGES) -> WholeConversation:
    store_id, owner, customer = places[0 if number % 2 == 0 else number % len(places)]
    people = [(Side.STORE, owner), (Side.CUSTOMER, customer)]
    at = START + timedelta(minutes=number)
    lines = [
        Line(
            people[turn % 2],
            f"Message {turn} about order {number}, see https://example.com/{number}",
            at + timedelta(seconds=turn),
        )
        for turn in range(messages)
    ]
    return WholeConversation(
        store_id,
        f"bench-{number}",
        ConversationType.STORE_CUSTOMER,
        f"Order {number}",
        customer,
        people,
        lines,
        {people[0]: messages - 2} if latest - number < 100 else {},
    )
