"""The migrations: they run up and down step by step on data, and make what the models say."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from tests import backends
from tests.factories import PASSWORD, attach, change_settings, close, make_admin, save_in, send, start
from tests.people import People
from webapp.accounts import sign_in
from webapp.accounts.models import Side
from webapp.accounts.sessions import Visit
from webapp.config import ROOT
from webapp.database import Base

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
    """The number of rows of each table, and a checksum over all their values."""
    found = {}
    engine = backends.engine_of(app)
    with engine.connect() as connection:
        for table in set(inspect(engine).get_table_names()) - {"alembic_version"}:
            rows = sorted(map(repr, map(tuple, connection.execute(text(f"SELECT * FROM {table}")))))
            found[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


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
    change_settings(platform_display_name="Hilfe")
    make_admin("Zoe")
    with app.app_context():
        visit = Visit("127.0.0.1", "test")
        sign_in.sign_in(Side.ADMIN, people.ada_row.email, PASSWORD, visit)
        sign_in.sign_in_program(Side.ADMIN, people.ada_row.email, PASSWORD, visit)


def test_the_models_and_the_migrations_are_the_same_schema(bare_app):
    backends.migrate(bare_app)
    with backends.engine_of(bare_app).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    with bare_app.app_context():
        flask_migrate.check()


def test_there_is_one_line_of_revisions():
    assert ScriptDirectory(str(ROOT / "migrations")).get_heads() == REVISIONS[-1:]


def test_down_and_up_step_by_step_keeps_the_data_that_remains(bare_app):
    backends.migrate(bare_app)
    fill(bare_app)
    full = contents(bare_app)
    assert all(count for table, (count, _) in full.items() if table not in FOR_SQLITE), full

    for revision in REVISIONS[-2::-1]:
        downgrade(bare_app, revision)
        remaining = contents(bare_app)
        assert remaining == {table: full[table] for table in remaining}
        assert len(remaining) < len(full)
    for revision in REVISIONS[1:]:
        backends.migrate(bare_app, revision)
        again = contents(bare_app)
        assert {table: again[table] for table in remaining} == remaining
    assert set(again) == set(full)


def test_the_schema_after_down_and_up_is_the_schema_before(bare_app):
    backends.migrate(bare_app)
    before = schema(bare_app)
    downgrade(bare_app, "base")
    assert set(contents(bare_app)) == set()

    backends.migrate(bare_app)
    assert schema(bare_app) == before


def test_after_down_and_up_it_works(bare_app):
    backends.migrate(bare_app)
    downgrade(bare_app, "base")
    backends.migrate(bare_app)
    fill(bare_app)

    assert contents(bare_app)["messages"][0] == 5


def test_running_all_again_changes_nothing(bare_app):
    backends.migrate(bare_app)
    fill(bare_app)
    before = contents(bare_app)
    backends.migrate(bare_app)

    assert contents(bare_app) == before


def test_a_migration_that_fails_leaves_the_schema_as_it_was(bare_app):
    """The third revision finds a table in its way, half through."""
    backends.migrate(bare_app, REVISIONS[1])
    engine = backends.engine_of(bare_app)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE messages (id integer)"))
    before = schema(bare_app)

    with pytest.raises(Exception, match="messages"):
        backends.migrate(bare_app)
    assert schema(bare_app) == before

    with engine.connect() as connection, connection.begin():
        connection.execute(text("DROP TABLE messages"))
    backends.migrate(bare_app)
    fill(bare_app)
