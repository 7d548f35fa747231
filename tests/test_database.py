"""The database below the domain: how transactions begin and end, and that both databases answer alike."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from tests import backends
from tests.factories import make_store
from webapp import connections, database
from webapp.accounts.models import Store
from webapp.database import UTCDateTime, session

pytestmark = pytest.mark.usefixtures("db_context")


def test_what_is_written_is_there_afterwards():
    with database.writing():
        session.add(Store(code="tea", name="Tea"))

    assert session.scalar(select(Store.name)) == "Tea"


def test_an_error_undoes_the_whole_block():
    with pytest.raises(ZeroDivisionError):
        _save_and_fail()

    assert session.scalar(select(Store.name)) is None


def test_writing_does_not_nest():
    with database.writing(), pytest.raises(RuntimeError, match="nest"), database.writing():
        pass


def test_a_block_after_a_failed_one_works():
    with pytest.raises(ZeroDivisionError):
        _save_and_fail()

    assert make_store().id


def test_threads_that_write_to_sqlite_take_turns_and_wait_for_a_while_only(app, monkeypatch):
    if backends.engine_of(app).dialect.name != "sqlite":
        return  # there they wait for rows, in the database
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 50)
    wrote: list[object] = []

    def write() -> None:
        with app.app_context():
            try:
                with database.writing():
                    wrote.append("another")
            except OperationalError as error:
                wrote.append(str(error.orig))

    for _ in range(2):
        other = threading.Thread(target=write)
        with app.app_context(), database.writing():
            other.start()
            other.join()
            assert wrote == ["database is locked"]
        write()
        assert wrote == ["database is locked", "another"], "nothing is held on to"
        wrote.clear()


def test_a_read_before_a_write_does_not_lock_it_out():
    assert session.scalar(select(Store.id)) is None

    with database.writing():
        session.add(Store(code="tea", name="Tea"))

    assert session.scalar(select(Store.code)) == "tea"


def test_unsaved_changes_outside_of_writing_are_refused():
    session.add(Store(code="tea", name="Tea"))

    with pytest.raises(RuntimeError, match="unsaved"):
        database.end_reading()


def test_a_moment_comes_back_in_utc():
    store = make_store()
    east = datetime(2026, 11, 22, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    with database.writing():
        session.merge(store).created_at = east

    stored = session.scalar(select(Store.created_at))
    assert stored == east
    assert stored.tzinfo is UTC
    assert stored.hour == 20


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        UTCDateTime().process_bind_param(datetime(2026, 11, 22), session.get_bind().dialect)  # noqa: DTZ001


def test_lower_knows_more_than_ascii():
    assert session.scalar(text("SELECT lower('ÄÉЖ ÇA')")) == "äéж ça"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sqlite_checks_foreign_keys_and_waits_for_a_lock():
    pragmas = {
        name: session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout", "journal_mode")
    }

    assert pragmas == {"foreign_keys": 1, "busy_timeout": 5000, "journal_mode": "wal"}


def _save_and_fail():
    with database.writing():
        session.add(Store(code="tea", name="Tea"))
        session.flush()
        raise ZeroDivisionError
