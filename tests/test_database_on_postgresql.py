"""PostgreSQL below the domain: reading without transactions, and connections that ended unseen."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import delete, insert, select, text

from tests import backends
from webapp import connections, database, prepared
from webapp.accounts.models import Store
from webapp.database import session

pytestmark = pytest.mark.postgres

IN_TRANSACTION = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
)


def is_autocommit():
    return session.connection().connection.dbapi_connection.autocommit


def write_and_fail():
    with database.writing():
        session.add(Store(code="lost", name="Lost"))
        session.flush()
        raise ZeroDivisionError


@pytest.fixture
def without_role(tmp_path, worker_name):
    """An app on PostgreSQL in which no right hangs on a transaction."""
    with (
        backends.URLS["postgres"](tmp_path, f"{worker_name}_reading") as url,
        backends.running_app(url, database_role="") as app,
    ):
        backends.migrate(app)
        yield app


def test_reading_on_postgresql_needs_no_transaction_and_writing_does(without_role):
    with without_role.app_context():
        assert is_autocommit()
        assert session.scalar(select(Store.id)) is None
        assert session.scalar(text(IN_TRANSACTION)) == 0
        with pytest.raises(ZeroDivisionError):
            write_and_fail()
        with database.writing():
            assert not is_autocommit()
            session.add(Store(code="tea", name="Tea"))
        assert session.scalars(select(Store.code)).all() == ["tea"]
        assert is_autocommit()


def test_what_is_written_outside_of_a_transaction_is_refused(without_role):
    with without_role.app_context():
        with pytest.raises(connections.NotWriting):
            session.execute(insert(Store).values(code="tea", name="Tea"))
        session.add(Store(code="tea", name="Tea"))
        with pytest.raises(connections.NotWriting):
            session.flush()
        session.rollback()
        session.expunge_all()
        with pytest.raises(connections.NotWriting):
            prepared.write(delete(Store), {})
        assert session.scalars(select(Store.code)).all() == []


def test_a_connection_that_ended_while_nobody_used_it_is_not_used(without_role):
    url = backends.engine_of(without_role).url.set(drivername="postgresql").render_as_string(hide_password=False)
    with without_role.app_context():
        first = session.scalar(text("SELECT pg_backend_pid()"))
        database.end_reading()
        assert session.scalar(text("SELECT pg_backend_pid()")) == first, "it is used again while it is there"
        database.end_reading()
        with psycopg.connect(url) as other:
            assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [first]).fetchone() == (True,)

        assert session.scalar(text("SELECT pg_backend_pid()")) != first
