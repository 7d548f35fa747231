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
from sqlalchemy import Engine, text

from tests.services import POSTGRES_URL
from webapp import create_app
from webapp.config import Config
from webapp.database import WRITING, Base
from webapp.extensions import db, limiter

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


URLS: dict[str, Callable[[Path, str], contextmanager]] = {"sqlite": sqlite_url, "postgres": postgres_url}


def config_of(url: str, **settings: object) -> Config:
    """Make the settings that tests run with; nothing comes from the developer's environment."""
    settings.setdefault("storage_url", f"file:{_storage_folder()}")
    return Config(env="test", secret_key=SECRET_KEY, database_url=url, **settings)


@cache
def _storage_folder() -> str:
    """The folder of files of this process: removed when it ends."""
    folder = tempfile.mkdtemp(prefix="parley-test-files-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def running_app(url: str, **settings: object) -> Iterator[Flask]:
    """Make an app on the database and let go of its connections at the end; a 500 stays a 500."""
    app = create_app(config_of(url, **settings))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    yield app
    engine_of(app).dispose()


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def migrate(app: Flask, revision: str = "head") -> None:
    with app.app_context():
        flask_migrate.upgrade(revision=revision)


def empty(app: Flask) -> None:
    """Delete every row, so that ids begin at 1 again, and forget the counters of the rate limits."""
    engine = engine_of(app)
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(_EMPTY_POSTGRES))
        else:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
    if "limiter" in app.extensions:
        limiter.reset()


_EMPTY_POSTGRES = """
DO $$ DECLARE name text; held boolean; names text := ''; BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
              AND relname <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO held;
    IF held THEN names := concat_ws(', ', NULLIF(names, ''), quote_ident(name)); END IF;
  END LOOP;
  IF names <> '' THEN EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY CASCADE'; END IF;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
