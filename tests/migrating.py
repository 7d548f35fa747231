"""What tests of migrations share: an app whose database is empty, data in every table, and what is kept of them."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import flask_migrate
import pyotp
import pytest
import time_machine
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from tests import backends
from tests.accounts.device import Device
from tests.factories import (
    PASSWORD,
    attach,
    change_settings,
    close,
    keep_draft,
    make_admin,
    save_in,
    saving,
    send,
    start,
)
from tests.people import People
from webapp.accounts import links, sessions, sign_in
from webapp.accounts.errors import SecondStepNeeded
from webapp.accounts.factors import passkeys, requests, second
from webapp.accounts.factors.passkeys import Place
from webapp.accounts.models import MemberRole, Side
from webapp.accounts.sessions import Visit
from webapp.config import ROOT
from webapp.database import now, writing
from webapp.messaging import moderation, retention
from webapp.notifications import account_letters, planning, preferences
from webapp.notifications.addresses import Named
from webapp.notifications.inbound import receiving
from webapp.notifications.models import Frequency
from webapp.notifications.preferences import Wishes

REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]


@pytest.fixture
def bare_app(backend, tmp_path, worker_name):
    """An app on a database of its own, in which nothing is yet."""
    with ExitStack() as stack:
        url = stack.enter_context(backends.URLS[backend](tmp_path, f"{worker_name}_migrations"))
        app = stack.enter_context(backends.running_app(url))
        save_in(app)
        yield app
        save_in(None)


def downgrade(app: Flask, revision: str) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision=revision)


def contents(app: Flask) -> dict[str, tuple[int, str]]:
    """The number of values in each column of each table, and a checksum over them."""
    found = {}
    engine = backends.engine_of(app)
    with engine.connect() as connection:
        for table in set(inspect(engine).get_table_names()) - {"alembic_version"}:
            if table.startswith(SEARCH):
                continue
            rows = connection.execute(text(f"SELECT * FROM {table}"))
            names = [f"{table}.{column}" for column in tuple(rows.keys())]
            values = list(rows)
            for at, name in enumerate(names):
                texts = sorted(repr(row[at]) for row in values)
                found[name] = len(texts), hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return found


def found_words(app: Flask) -> list[tuple]:
    """What messages can be found by."""
    with backends.engine_of(app).connect() as connection:
        return connection.execute(text("SELECT id, words FROM messages ORDER BY id")).all()


def schema(app: Flask) -> object:
    """Tables with columns and checks, and indexes, as the database itself writes them down."""
    engine = backends.engine_of(app)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name")).all()
        return [connection.execute(text(query)).all() for query in _POSTGRES_SCHEMA]


_POSTGRES_SCHEMA = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
)


SEARCH = "message_words"
"""The tables of SQLite's full-text index."""

BELOW_POLICIES = {"0015", "0018", "0020", "0021", "0022"}
"""What is added upon these are rules for rows, indexes and words, and no column."""

FOR_SQLITE = {"conversation_numbers"}
"""What PostgreSQL has a sequence for."""


def fill(app: Flask) -> None:
    """Leave a row in every table."""
    people = People()
    conversation = start(people.olga, people.mara_row)
    send(people.mara, conversation, "Grüße 👍")
    attach(people.mara, conversation)
    close(people.sam, conversation)
    start(people.ada, people.harbor)
    with saving():
        moderation.report_message(people.mara, conversation.id, 1, "Rude")
        moderation.remove_message(replace(people.olga, role=MemberRole.OWNER), conversation.id, 1, "Rude")
        retention.place(people.ada, str(conversation.id), "Case 1")
        moderation.set_block(people.olga, conversation.id, 2, blocked=True)
    keep_draft(people.mara, conversation, "Half a sentence")
    change_settings(platform_display_name="Hilfe")
    make_admin("Zoe")
    with app.app_context():
        visit = Visit("127.0.0.1", "test")
        sign_in.sign_in(Side.ADMIN, people.ada_row.email, PASSWORD, visit)
        sign_in.sign_in_program(Side.ADMIN, people.ada_row.email, PASSWORD, visit)
        with writing():
            preferences.choose((Side.ADMIN, people.ada.id), Wishes(Frequency.DAILY, 22, 7))
            links.invite(people.ada, "new.admin@example.com", None)
            account_letters.write("invitation", "You are invited", "new.admin@example.com", "New", address="x")
            account = sessions.account_of(people.olga)
            second.begin(account)
            second.confirm(account, pyotp.TOTP(second.unconfirmed(account)[0]).now())
            asked, place = (
                requests.ask("a browser") or requests.asked("a browser"),
                Place("localhost", "http://localhost"),
            )
            passkeys.make(account, place, asked, Device().create(passkeys.to_make(account, place, asked)), "My phone")
        with pytest.raises(SecondStepNeeded):
            sign_in.sign_in(Side.STORE, people.olga_row.email, PASSWORD, visit)
        with time_machine.travel(now() + timedelta(hours=1)):
            planning.plan()
        receiving.receive(
            b"Message-ID: <1@example.com>\r\n\r\nHello", Named((Side.CUSTOMER, people.mara.id), conversation.id)
        )
