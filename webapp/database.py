"""The database below every domain package: Base, column types, the session, reading and writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    TypeDecorator,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    scoped_session,
)

WRITING = "parley_writing"
TURN = "parley_turn"
"""An execution option of SQLite's engine: what a thread holds while it writes."""
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

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Write SQLite's text as SQLAlchemy does, in a fifth of the time."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def as_text(value: datetime | None) -> str | None:
            moment = self.process_bind_param(value, dialect)
            return None if moment is None else moment.isoformat(" ", "microseconds")

        return as_text

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


def session_now() -> Session:
    """Return the session that ``session`` stands for at the moment: who asks it several things finds it once."""
    return _bound()


def end_reading() -> None:
    """End the transaction that reading began, so that a write can begin one of its own."""
    current = _bound()
    if current.new or current.dirty or current.deleted:
        raise RuntimeError("unsaved changes outside of database.writing()")
    current.rollback()


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
    whatever the busy timeout; there the threads of a process take turns, since SQLite lets who waits for it sleep far
    longer than a write takes. Blocks do not nest: the one who opens it is the one who commits.
    """
    current = _bound()
    if current.info.get(WRITING):
        raise RuntimeError("database.writing() does not nest")
    end_reading()
    turn: AbstractContextManager[object] = current.get_bind().get_execution_options().get(TURN, nullcontext())
    with turn:
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
