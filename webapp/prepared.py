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

from webapp.connections import require_transaction
from webapp.database import session

MOST = 4096
"""Values that are remembered; one more, and all are forgotten."""

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
    require_transaction(session)
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
    known: dict[Hashable, _Value] = _made.setdefault((make, viewer), {})
    values: list[_Value] = []
    for _, group in groupby(raw, itemgetter(prepared.names.index(by))):
        rows = tuple(map(tuple, group))
        if rows not in known:
            _make_room()
            known[rows] = make(viewer, [prepared.row(one) for one in rows])
        values.append(known[rows])
    return values


_made: dict[tuple[Any, Hashable], dict[Hashable, Any]] = {}


def _make_room() -> None:
    if sum(map(len, _made.values())) >= MOST:
        _made.clear()


def _run(statement: Statement, parameters: Mapping[str, Any]) -> tuple[_Prepared, Sequence[Any]]:
    if session.new or session.dirty:
        session.flush()
    connection = session.connection()
    prepared = _prepare(statement, connection.dialect)
    return prepared, _execute(connection, prepared.sql, prepared.bound(parameters))


def _execute(connection: Connection, sql: str, parameters: Any) -> Sequence[Any]:
    """Let the driver execute it; with SQLAlchemy in between when somebody listens there, such as those who count."""
    if connection.engine.dispatch.before_cursor_execute:
        result = connection.exec_driver_sql(sql, parameters)
        return result.all() if result.returns_rows else ()
    driver: Any = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else ()
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
        self._order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self._constants: dict[str, Any] = {}
        self._given: list[tuple[str, str, _Process | None]] = []
        for bind, name in compiled.bind_names.items():
            if bind in compiled.literal_execute_params | compiled.post_compile_params:
                raise ValueError(f"{name} would be written into the statement at every execution")
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._given.append((name, bind.key, process))
            else:
                self._constants[name] = process(bind.effective_value) if process else bind.effective_value
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError("a default of Python's would be left out")
        columns = list(statement.exported_columns if isinstance(statement, UpdateBase) else statement.selected_columns)
        self.names = [str(column.key) for column in columns]
        self._make: Any = namedtuple("Row", self.names, rename=True)._make  # type: ignore[attr-defined]
        processes = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._processes = [(place, process) for place, process in enumerate(processes) if process]

    def bound(self, parameters: Mapping[str, Any]) -> Any:
        """Return the parameters as the driver takes them."""
        values = dict(self._constants)
        for name, key, process in self._given:
            values[name] = process(parameters[key]) if process else parameters[key]
        return values if self._order is None else tuple([values[name] for name in self._order])

    def row(self, raw: Sequence[Any]) -> Any:
        """Return a row of the driver's with Python's types."""
        values = list(raw)
        for place, process in self._processes:
            values[place] = process(values[place])
        return self._make(values)


@lru_cache(maxsize=512)
def _prepare(statement: Statement, dialect: Dialect) -> _Prepared:
    return _Prepared(statement, dialect)
