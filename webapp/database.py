"""The database below every domain package: Base, column types, SQLite's pragmas, the session, reading and writing."""

from __future__ import annotations

import os
import select
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    TypeDecorator,
    UpdateBase,
    event,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    scoped_session,
)

from webapp import sqlite_functions

BUSY_TIMEOUT_MS = 5000
STATEMENT_TIMEOUT_MS = 15_000
IDLE_TIMEOUT_MS = 60_000
_DEADLOCK = "40P01"
WRITING = "parley_writing"
_READS_AT_ONCE = "parley_reads_at_once"
_E = TypeVar("_E", bound=StrEnum)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python, the same order on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer, "sqlite")
"""An integer key: 64 bits on PostgreSQL, the row id on SQLite."""


def words(enum: type[_E], name: str) -> Enum:
    """A column of an enum's values kept as text, with a CHECK of that name that admits no other."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """All tables of Parley; constraints are named so that migrations can drop them on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime, int: Id}


class Created:
    """A row that knows when it was made."""

    created_at: Mapped[datetime] = mapped_column(default=lambda: now())  # noqa: PLW0108 - looked up late, so that tests can move the clock


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class _BoundSession:
    """Stands for the session of the running application; create_app() binds the real one."""

    _registry: scoped_session[Session] | None = None

    def bind(self, registry: scoped_session[Any]) -> None:
        self._registry = registry

    def __call__(self) -> Session:
        if self._registry is None:
            raise RuntimeError("no application has bound the database session")
        return self._registry()

    def __getattr__(self, name: str) -> Any:
        return getattr(self(), name)


_bound = _BoundSession()
session: Session = _bound  # type: ignore[assignment]


def bind(registry: scoped_session[Any]) -> None:
    """Use this registry for ``session`` from now on."""
    _bound.bind(registry)


def end_reading() -> None:
    """End the transaction that reading began, so that a write can begin one of its own."""
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("unsaved changes outside of database.writing()")
    session.rollback()


@contextmanager
def reading() -> Iterator[Session]:
    """A block that only reads; its snapshot ends with it."""
    try:
        yield _bound()
    finally:
        end_reading()


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction, committed at the end of the block, rolled back on any error.

    On SQLite it begins with BEGIN IMMEDIATE, since a transaction that reads first and then writes is refused at once
    whatever the busy timeout. Blocks do not nest: the one who opens it is the one who commits.
    """
    current = _bound()
    if current.info.get(WRITING):
        raise RuntimeError("database.writing() does not nest")
    end_reading()
    current.info[WRITING] = True
    try:
        current.connection(execution_options={WRITING: True})
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.pop(WRITING, None)


def is_of_a_model(name: str | None, _kind: str, _parents: object) -> bool:
    """Tell whether a table or an index belongs to the models; those that only one database has are the migrations'."""
    return not (name or "").removeprefix("ix_").startswith(("message_words", "customers_by_hash"))


def make_folder(sqlite_url: str) -> None:
    """Make the folder of a SQLite database, so that the first start needs no other step."""
    Path(sqlite_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def is_postgresql() -> bool:
    """Whether the running database is PostgreSQL; SQLite otherwise."""
    return session.get_bind().dialect.name == "postgresql"


def prepare_engine(engine: Engine, *, reads_in_transactions: bool = False) -> None:
    """Give every connection what both databases need to answer alike.

    On PostgreSQL a statement that only reads sees no other rows for being in a transaction, whose begin and end are a
    way to the server each: what is read outside of ``writing()`` is read without, unless rights hang on transactions.
    """
    if engine.dialect.name == "sqlite":
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
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    if connection.get_execution_options().get(WRITING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # it waits for nobody: past SQLAlchemy, which takes more for a statement than SQLite does
        connection.connection.dbapi_connection.execute("BEGIN")
