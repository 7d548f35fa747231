"""How the tests of the command line run a command, and look at the database past every rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from tests.backends import engine_of
from tests.factories import PASSWORD
from webapp.database import WRITING

Run = Callable[..., Result]
Sql = Callable[..., Sequence[Any]]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run ``flask <words>``; new accounts get the tests' password unless ``typed`` is what somebody types."""

    def run(*words: str, typed: str | None = None, password: str | None = PASSWORD) -> Result:
        env = {"PARLEY_PASSWORD": None if typed is not None else password}
        return app.test_cli_runner().invoke(args=words, input=typed, env=env)

    return run


@pytest.fixture
def sql(app: Flask) -> Sql:
    """Run statements on the database of the test."""
    return sql_on(app)


def sql_on(app: Flask) -> Sql:
    """Run statements in a transaction without foreign keys, as an accident would; returns the last one's rows."""
    engine = engine_of(app)
    sqlite = engine.dialect.name == "sqlite"

    def sql(*statements: str) -> Sequence[Any]:
        with engine.connect().execution_options(**{WRITING: True}) as connection:
            if sqlite:
                connection.connection.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    if not sqlite:
                        connection.execute(text("SET LOCAL session_replication_role = replica"))
                    for statement in statements:
                        result = connection.execute(text(statement))
                    return result.all() if result.returns_rows else []
            finally:
                if sqlite:
                    connection.connection.execute("PRAGMA foreign_keys=ON")

    return sql
