"""Hot statements: compiled once and handed to the driver as they are, and rows made into values once.

SQLAlchemy costs a hot statement more than the database does: putting it together, finding what it compiled to, making
up what a row's columns are called and into which types of Python's they go. A page is read again and again, and most
of its rows are as they were. The transaction is the session's, errors are SQLAlchemy's; its log does not show them.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Connection, Dialect, Select, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from webapp.connections import require_transaction
from webapp.database import session_now
from webapp.memory import Memory

_CONNECTION = "parley_connection"

Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
Statement = Query | UpdateBase
_Value = TypeVar("_Value")
_Process = Callable[[Any], Any]


def read(statement: Query, parameters: Mapping[str, Any]) -> list[Any]:
    """Run a SELECT of columns that is built once and kept, past the ORM; return its rows, with the columns' names.

    Parameters are those without a value of their own; a list of values is none.
    """
    prepared, raw = _run(statement, parameters)
    return [prepared.row(one) for one in raw]


def write(statement: UpdateBase, parameters: Mapping[str, Any]) -> list[Any]:
    """Run an INSERT, UPDATE or DELETE in the same way; return the rows of its RETURNING, if it has one.

    Objects that the session has loaded keep what they hold, and a column gets only a value that the statement names.
    """
    require_transaction(session_now())
    prepared, raw = _run(statement, parameters)
    return [prepared.row(one) for one in raw]


def read_as(
    statement: Query,
    parameters: Mapping[str, Any],
    viewer: Hashable,
    make: Callable[[Any, list[Any]], _Value],
    by: str,
) -> list[_Value]:
    """Run such a SELECT, and let ``make`` turn the rows that share a column into a value for the viewer.

    Whatever ``make`` returns is remembered under exactly what the database answered: it sees nothing else.
    """
    prepared, raw = _run(statement, parameters)
    known = _made.of(make, viewer)
    values: list[_Value] = []
    for _, group in groupby(raw, itemgetter(prepared.names.index(by))):
        rows = tuple(map(tuple, group))
        if rows not in known:
            _made.keep(known, rows, make(viewer, [prepared.row(one) for one in rows]))
        values.append(known[rows])
    return values


_made: Memory[Any] = Memory()


def _run(statement: Statement, parameters: Mapping[str, Any]) -> tuple[_Prepared, Sequence[Any]]:
    current = session_now()
    if current.new or current.dirty:
        current.flush()
    connection = _connection_of(current)
    prepared = _prepare(statement, connection.dialect)
    return prepared, _execute(connection, prepared, prepared.bound(parameters))


def _connection_of(current: Session) -> Connection:
    """Return the connection of the session's transaction, for which the session takes long to look."""
    known: tuple[SessionTransaction | None, Connection] | None = current.info.get(_CONNECTION)
    if known and known[0] is not None and known[0] is current.get_transaction():
        return known[1]
    connection = current.connection()
    current.info[_CONNECTION] = current.get_transaction(), connection
    return connection


def _execute(connection: Connection, prepared: _Prepared, parameters: Any) -> Sequence[Any]:
    """Let the driver execute it; with SQLAlchemy in between when somebody listens there, such as those who count."""
    sql = prepared.sql
    if connection.engine.dispatch.before_cursor_execute:
        result = connection.exec_driver_sql(sql, parameters)
        return result.all() if result.returns_rows else ()
    driver: Any = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if prepared.names else ()  # the driver takes longer to say whether there are rows
    except driver.Error as error:
        if connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor):
            connection.invalidate(error)
        raise DBAPIError.instance(sql, parameters, error, driver.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()


class _Prepared:
    """What a statement compiles to for one kind of database."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        constants: dict[str, Any] = {}
        given: list[tuple[str, str, _Process | None]] = []
        for bind, name in compiled.bind_names.items():
            if bind in compiled.literal_execute_params | compiled.post_compile_params:
                raise ValueError(f"{name} would be written into the statement at every execution")
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                given.append((name, bind.key, process))
            else:
                constants[name] = process(bind.effective_value) if process else bind.effective_value
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError("a default of Python's would be left out")
        order = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
        self._names: Sequence[str] | None = None if compiled.positional else order
        self._values = [constants.get(name) for name in order]
        self._given = [
            (key, process, [place for place, one in enumerate(order) if one == name]) for name, key, process in given
        ]
        columns = list(statement.exported_columns if isinstance(statement, UpdateBase) else statement.selected_columns)
        self.names = [str(column.key) for column in columns]
        self._make: Any = namedtuple("Row", self.names, rename=True)._make  # type: ignore[attr-defined]
        processes = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

    def bound(self, parameters: Mapping[str, Any]) -> Any:
        """Return the parameters as the driver takes them."""
        values = self._values.copy()
        for key, process, places in self._given:
            value = process(parameters[key]) if process else parameters[key]
            for place in places:
                values[place] = value
        return tuple(values) if self._names is None else dict(zip(self._names, values, strict=True))

    def row(self, raw: Sequence[Any]) -> Any:
        """Return a row of the driver's with Python's types."""
        values = list(raw)
        for place, process in self._processes:
            values[place] = process(values[place])
        return self._make(values)


@lru_cache(maxsize=512)
def _prepare(statement: Statement, dialect: Dialect) -> _Prepared:
    return _Prepared(statement, dialect)
