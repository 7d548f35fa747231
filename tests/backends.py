"""The databases that tests run on: one of each kind per xdist worker and run, migrated once, emptied between tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import Connection, Engine, text

from tests.services import POSTGRES_URL
from webapp import create_app, row_security
from webapp.config import Config
from webapp.database import WRITING, Base
from webapp.extensions import db, limiter, prepare_migrations

SECRET_KEY = "tests-sign-with-this-key-of-32-characters"


@contextmanager
def sqlite_url(folder: Path, name: str) -> Iterator[str]:
    yield f"sqlite:///{folder / name}.db"


@contextmanager
def postgres_url(_folder: Path, name: str) -> Iterator[str]:
    """Make a database and drop it at the end; nothing in it must survive a power cut."""
    database = f"parley_test_{name}_{os.getpid()}"
    with psycopg.connect(f"{POSTGRES_URL}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{database}"')
        server.execute(f'ALTER DATABASE "{database}" SET synchronous_commit = off')
        try:
            yield f"{POSTGRES_URL}/{database}"
        finally:
            server.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


ROLE = "parley_test_app"
"""As which requests run in the tests on PostgreSQL."""

URLS: dict[str, Callable[[Path, str], contextmanager]] = {"sqlite": sqlite_url, "postgres": postgres_url}


def config_of(url: str, **settings: object) -> Config:
    """Make the settings that tests run with; nothing comes from the developer's environment."""
    settings.setdefault("secret_key", SECRET_KEY)
    settings.setdefault("storage_url", f"file:{_storage_folder()}")
    settings.setdefault("database_role", ROLE if url.startswith("postgresql") else "")
    return Config(**{"env": "test", "database_url": url, **settings})


@cache
def _storage_folder() -> str:
    """The folder of files of this process: removed when it ends."""
    folder = tempfile.mkdtemp(prefix="parley-test-files-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def running_app(url: str, **settings: object) -> Iterator[Flask]:
    """Make an app on the database and let go of its connections at the end; a 500 stays a 500.

    The limiter is one for all apps and counts where the last one said: afterwards it counts where it did before.
    """
    counted_before = dict(vars(limiter))
    app = create_app(config_of(url, **settings))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    yield app
    if counted_before.get("initialized"):
        vars(limiter).update(counted_before)
    engine_of(app).dispose()


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def waiting(app: Flask) -> list[int]:
    """The processes of PostgreSQL that wait for a lock in the app's database."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine_of(app).connect() as connection:
        return list(connection.scalars(text(query)))


def migrate(app: Flask, revision: str = "head") -> None:
    """Migrate; where requests run as a role of their own, make it."""
    prepare_migrations(app)
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        if role := app.extensions["parley"].database_role:
            with db.engine.begin() as connection:
                row_security.grant(connection, role)


def empty(app: Flask) -> None:
    """Delete every row, so that ids begin at 1 again, and the files; forget the counters of the rate limits."""
    for left in Path(_storage_folder()).iterdir():
        shutil.rmtree(left, ignore_errors=True)  # a last request of a browser may still write: it goes next time
    engine = engine_of(app)
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger that refuses it
            connection.execute(text(_EMPTY_POSTGRES))
        else:
            with _without_the_guards(connection):
                for table in reversed(Base.metadata.sorted_tables):
                    connection.execute(table.delete())
    if "limiter" in app.extensions:
        limiter.reset()


@contextmanager
def _without_the_guards(connection: Connection) -> Iterator[None]:
    """Take away the triggers that refuse deletions, for as long as it takes to delete."""
    held = connection.execute(text("SELECT EXISTS (SELECT 1 FROM audit_log)")).scalar()
    found = connection.execute(text(_GUARDS)).all() if held else []
    for name, _ in found:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, statement in found:
        connection.execute(text(statement))


_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log'"

_EMPTY_POSTGRES = """
DO $$ DECLARE name text; held boolean; large text := ''; BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
              AND relname <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO held;
    CONTINUE WHEN NOT held;
    IF pg_relation_size(quote_ident(name)) > 65536 THEN large := concat_ws(', ', NULLIF(large, ''), quote_ident(name));
    ELSE EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  IF large <> '' THEN EXECUTE 'TRUNCATE ' || large || ' CASCADE'; END IF;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    PERFORM setval(quote_ident(name), 1, false);
  END LOOP;
END $$
"""
"""A truncated table costs a synchronised file for each of its indexes, a few deleted rows cost nothing."""
