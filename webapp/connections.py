"""How both databases are spoken to: SQLite's pragmas, PostgreSQL's limits, and what is read without a transaction."""

from __future__ import annotations

import os
import select
import sqlite3
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Dialect, Engine, UpdateBase, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from webapp import sqlite_functions
from webapp.database import TURN, WRITING

BUSY_TIMEOUT_MS = 5000
WAL_PAGES = 8000
"""Pages (of 4 KiB) of SQLite's log that are copied into the database at once: one send in hundreds waits for it."""
STATEMENT_TIMEOUT_MS = 15_000
IDLE_TIMEOUT_MS = 60_000
_DEADLOCK = "40P01"
_READS_AT_ONCE = "parley_reads_at_once"


def prepare_engine(engine: Engine, *, reads_in_transactions: bool = False) -> None:
    """Give every connection what both databases need to answer alike.

    On PostgreSQL a statement that only reads sees no other rows for being in a transaction, whose begin and end are a
    way to the server each: what is read outside of ``writing()`` is read without, unless rights hang on transactions.
    """
    if engine.dialect.name == "sqlite":
        engine.update_execution_options(**{TURN: Turn()})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return
    engine.update_execution_options(**{_READS_AT_ONCE: not reads_in_transactions})
    ping = engine.dialect.do_ping
    engine.dialect.do_ping = lambda dbapi_connection: (  # type: ignore[method-assign]
        not _has_news(dbapi_connection) or ping(dbapi_connection)
    )
    if not _is_command():
        event.listen(engine, "do_connect", _limit_postgresql)


class SessionOfRequest(FlaskSession):
    """The session: where reading needs no transaction, it has none."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Return the engine, or the same with autocommit."""
        bind = super().get_bind(*args, **kwargs)
        if self.info.get(WRITING) or not _reads_at_once(bind):
            return bind
        if isinstance(kwargs.get("clause"), UpdateBase):
            raise NotWriting
        return _at_once(bind)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what is new or changed, in a transaction."""
        if self.new or self.dirty or self.deleted:
            require_transaction(self)
        super().flush(objects)


class Turn:
    """Held by the thread of this process that writes to SQLite; the others wait as long as SQLite would let them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise OperationalError("BEGIN IMMEDIATE", (), sqlite3.OperationalError("database is locked"))

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class NotWriting(RuntimeError):
    """A write outside of ``writing()`` has no transaction that would undo it with the others."""


def require_transaction(current: Session) -> None:
    """Raise NotWriting where what is written would be kept at once."""
    if not current.info.get(WRITING) and _reads_at_once(current.get_bind()):
        raise NotWriting


def _reads_at_once(bind: Engine | Connection) -> bool:
    return bool(bind.get_execution_options().get(_READS_AT_ONCE))


@lru_cache(maxsize=8)
def _at_once(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _has_news(connection: Any) -> bool:
    """Whether the server has sent something that nobody asked for, as it does when it ends a connection.

    Without news a connection from the pool is taken to be there: to ask each time would be one more way to the server.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def was_deadlock(error: OperationalError) -> bool:
    """Tell whether PostgreSQL ended this transaction so that another one that waited for it could go on."""
    return getattr(error.orig, "sqlstate", None) == _DEADLOCK


def _limit_postgresql(_dialect: Dialect, _record: object, _arguments: list[Any], settings: dict[str, Any]) -> None:
    """Let no request wait for ever, for a lock, a statement or a server that is gone without a word; compile none."""
    settings.setdefault("connect_timeout", 5)
    settings.setdefault("tcp_user_timeout", STATEMENT_TIMEOUT_MS + BUSY_TIMEOUT_MS)
    limits = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": BUSY_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
        "jit": "off",  # compiling a statement takes longer than running it, which none does for long
    }
    given = settings.get("options", "")
    settings["options"] = " ".join([*(f"-c {name}={value}" for name, value in limits.items()), given]).strip()


def _is_command() -> bool:
    """Whether this is a command, which may take its time, such as an import or a migration; ``flask run`` serves."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" not in sys.argv[1:2]


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, never by the driver
    sqlite_functions.register(connection)
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={WAL_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin past SQLAlchemy, which takes more for a statement than SQLite does."""
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN"
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(begin)
    except sqlite3.Error as error:  # another writer did not come to an end
        raise DBAPIError.instance(begin, (), error, sqlite3.Error, dialect=connection.dialect) from error
