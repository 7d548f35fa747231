"""SIGKILL in the middle of the migrations, on data: what was there is there, and the next upgrade goes on."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from tests import backends
from tests.backends import SECRET_KEY
from tests.migrating import REVISIONS, bare_app, contents, downgrade, fill, schema
from tests.services import ROOT
from webapp.database import Base

pytestmark = pytest.mark.slow

__all__ = ["bare_app"]

MOMENTS = ("0004", "0008", "0010", "0015", "0018")

FIRST = "0003"
"""Below it there are no messages to lose."""


def revision_in(engine) -> str:
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except OperationalError:  # SQLite is locked by the migration that is at work
        return ""


def upgrade_until(url: str, revision: str) -> int:
    """Run ``flask db upgrade`` in a process, kill it once this revision is reached, and return how it ended."""
    settings = {"PARLEY_ENV": "test", "PARLEY_SECRET_KEY": SECRET_KEY, "PARLEY_DATABASE_URL": url}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    process = subprocess.Popen(command, cwd=ROOT, env={**settings, "PATH": os.environ["PATH"]})
    engine, end = create_engine(url.replace("postgresql://", "postgresql+psycopg://")), time.monotonic() + 60
    while process.poll() is None and revision_in(engine) < revision and time.monotonic() < end:
        time.sleep(0.002)
    process.kill()
    engine.dispose()
    return process.wait()


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_it_goes_on_where_it_was(bare_app, backend):
    backends.migrate(bare_app)
    fill(bare_app)
    whole = schema(bare_app)
    url = backends.engine_of(bare_app).url.render_as_string(hide_password=False)
    url = url.replace("postgresql+psycopg://", "postgresql://")
    killed = []
    for moment in MOMENTS:
        downgrade(bare_app, FIRST)
        kept = contents(bare_app)
        backends.engine_of(bare_app).dispose()

        outcome = upgrade_until(url, moment)

        killed.append((outcome, revision_in(backends.engine_of(bare_app))))
        assert killed[-1][1] in REVISIONS
        backends.migrate(bare_app)
        again = contents(bare_app)
        assert {name: again[name] for name in kept} == kept
        assert schema(bare_app) == whole
        assert set(Base.metadata.tables) <= {name.partition(".")[0] for name in again}
    assert [one for one in killed if one[0] == -9 and one[1] < REVISIONS[-1]], killed


ONE_BY_ONE = ("0019", "0021")
"""What keeps each of its statements at once, outside a transaction, so that it can be left half done."""


class Killed(Exception):
    """Where a migration was ended."""


@contextmanager
def ended_before(number: int):
    """End what runs before its statement of this number, from 0; its own bookkeeping of the version counts too."""
    numbers = itertools.count()

    def count(*_):
        if next(numbers) == number:
            raise Killed

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.parametrize("revision", ONE_BY_ONE)
@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_ended_before_any_statement_it_goes_on_in_both_directions(bare_app, backend, revision):
    before = REVISIONS[REVISIONS.index(revision) - 1]
    backends.migrate(bare_app, revision)
    schemas = {revision: schema(bare_app)}
    downgrade(bare_app, before)
    schemas[before] = schema(bare_app)
    ended = {}
    for move, away, to in ((backends.migrate, before, revision), (downgrade, revision, before)):
        for number in itertools.count():
            try:
                with ended_before(number):
                    move(bare_app, to)
            except Killed:
                ended[to] = number
                move(bare_app, to)
            else:
                assert schema(bare_app) == schemas[to]
                break
            assert schema(bare_app) == schemas[to]
            (downgrade if to == revision else backends.migrate)(bare_app, away)
    assert min(ended.values()) > 2, ended


def test_what_keeps_each_of_its_statements_is_ended_before_each():
    texts = {path.name[:4]: path.read_text() for path in (ROOT / "migrations" / "versions").glob("0*.py")}
    assert tuple(sorted(number for number, text in texts.items() if "autocommit_block" in text)) == ONE_BY_ONE
