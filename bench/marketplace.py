"""A marketplace of any size in a database of its own, and a signed-in owner of its largest store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, select, text

from bench import crowds, databases, loading
from bench.databases import Contents
from bench.loading import Stores
from webapp import create_app
from webapp.accounts import sessions
from webapp.accounts.models import MemberRole, Side, User
from webapp.accounts.service import AccountService
from webapp.accounts.sessions import Visit
from webapp.accounts.viewer import Viewer
from webapp.config import Config, Environment
from webapp.database import session, writing
from webapp.extensions import db, prepare_migrations
from webapp.messaging.models import ConversationParticipant


@dataclass(frozen=True, slots=True)
class Marketplace:
    """The application on its database, and somebody who is signed in: an owner of the largest store, unless moved."""

    app: Flask
    conversations: int
    token: str
    viewer: Viewer
    thread: int
    """A conversation of theirs: one of 200 messages."""
    environment: dict[str, str]
    """What a server of its own needs to serve it."""
    contents: Contents

    @property
    def kind(self) -> str:
        """Which database it is in."""
        return self.environment["PARLEY_DATABASE_URL"].partition(":")[0]

    @property
    def messages(self) -> str:
        """The path of the viewer's inbox."""
        return f"/{self.viewer.side.value}/messages"

    @property
    def cookie(self) -> str:
        return f"parley_{self.viewer.side.value}={self.token}"

    def in_longest(self) -> Marketplace:
        """The same person in the thread of 100,000 messages."""
        return replace(self, thread=self.contents.longest)

    def in_crowd(self, side: Side) -> Marketplace:
        """One of the store's 500 people, or of the platform's 200 admins, in the conversation with all of the store."""
        with self.app.app_context():
            person = ConversationParticipant.participant_id
            of_crowd = ConversationParticipant.conversation_id == self.contents.crowd
            who = select(person, ConversationParticipant.store_id).where(
                of_crowd, ConversationParticipant.participant_type == side
            )
            number, store = session.execute(who.order_by(person.desc()).limit(1)).one()
            session.rollback()
            token, viewer = _sign_in(side, number, store if side is Side.STORE else None)
        return replace(self, token=token, viewer=viewer, thread=self.contents.crowd)


@contextmanager
def built(folder: Path, conversations: int, database: str = "sqlite") -> Iterator[Marketplace]:
    """Make the database with so many conversations of five messages each, and drop it at the end unless it is kept."""
    with databases.opened(folder, conversations, database) as opened:
        url = opened.url
        environment = {
            "PARLEY_ENV": "test",
            "PARLEY_SECRET_KEY": "bench" * 8,
            "PARLEY_DATABASE_URL": url,
            "PARLEY_RATE_LIMITS": "off",
        }
        loader = _app(opened.patient_url)
        prepare_migrations(loader)
        with loader.app_context():
            upgrade()
            contents = opened.contents
            if contents is None:
                contents = _load(db.engine, conversations)
                opened.keep(contents)
            elif db.engine.dialect.name != "sqlite":
                _vacuum(db.engine)  # the sends of an earlier run
            db.engine.dispose()
        app = _app(url)
        with app.app_context():
            token, viewer = _sign_in(Side.STORE, contents.owner, contents.store)
        yield Marketplace(app, conversations, token, viewer, contents.thread, environment, contents)
        with app.app_context():
            db.engine.dispose()


def _app(url: str) -> Flask:
    return create_app(Config(env=Environment.TEST, secret_key="bench" * 8, database_url=url, rate_limits="off"))


def _sign_in(side: Side, user: int, store: int | None) -> tuple[str, Viewer]:
    with writing():
        token = sessions.start(session.get_one(User, user), store, Visit("127.0.0.1", "bench"))
    found = sessions.find(side, token)
    assert found
    session.rollback()
    return token, found.viewer


def _load(engine: Engine, conversations: int) -> Contents:
    begun = time.monotonic()
    stores = _stores(conversations)
    _fill(engine, stores, conversations)
    store, owner = stores.owners[0]
    thread = crowds.long_thread(store, owner, crowds.LONG)
    longest = crowds.long_thread(store, owner, crowds.LONGEST)
    crowd = crowds.whole_store(stores.owners[1][0])
    if engine.dialect.name == "sqlite":
        with writing():
            session.execute(text("ANALYZE"))
    else:
        _vacuum(engine)
    return Contents(store, owner, thread, longest, crowd, round(time.monotonic() - begun))


def _vacuum(engine: Engine) -> None:
    """Clear what is dead and count what is there, as autovacuum does sooner or later."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _stores(conversations: int) -> Stores:
    accounts, count = AccountService(), min(loading.STORES, max(10, conversations // 20))
    with writing():
        stores = [accounts.create_store(f"store-{number}", f"Store {number}") for number in range(count)]
        owners = [accounts.create_store_user(f"owner{s.id}@bench.example", f"Owner {s.id}", None) for s in stores]
        for store, owner in zip(stores, owners, strict=True):
            accounts.add_member(store, owner, MemberRole.OWNER)
        return Stores([(store.id, owner.id) for store, owner in zip(stores, owners, strict=True)], conversations)


def _fill(engine: Engine, stores: Stores, conversations: int) -> None:
    """Write the rows without the search index, and make it from them."""
    with engine.connect() as connection, connection.begin():
        index = _take_index(connection)
    names = ["id", "store_id", "email", "name", "is_active", "locale", "timezone", "created_at"]
    loading.copy(
        engine, "customers", [*names, "password_hash"], ((*row, "") for row in loading.customers(stores, engine))
    )
    of_inboxes = "id participant_type participant_id store_id unread_messages unread_conversations version created_at"
    loading.copy(engine, "inboxes", of_inboxes.split(), loading.inboxes(stores, engine))
    loading.load(engine, stores, conversations)
    _finish(engine, index)


def _finish(engine: Engine, index: list[str]) -> None:
    """Make the index, and count what is unread."""
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO message_words(message_words) VALUES ('rebuild')"))
        else:
            connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            for table in ("conversations", "customers", "inboxes"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        for statement in index:
            connection.exec_driver_sql(statement)
        connection.execute(
            text(
                "UPDATE inboxes SET version = 1, unread_messages = coalesce((SELECT sum(unread_count)"
                " FROM conversation_participants p WHERE p.inbox_id = inboxes.id AND unread_count > 0), 0)"
                " WHERE participant_type = 'store'"
            )
        )


def _take_index(connection: Connection) -> list[str]:
    """Drop what keeps the search index, and return the statements that make it again."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'message_words_%'")
        ).all()
        for trigger in found:
            connection.execute(text(f"DROP TRIGGER {trigger.name}"))
        return [trigger.sql for trigger in found]
    made = str(connection.scalar(text("SELECT pg_get_indexdef('ix_message_words'::regclass)")))
    connection.execute(text("DROP INDEX ix_message_words"))
    return [made]
