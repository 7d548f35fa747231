"""All rows of all tables, to see what a request changed."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.backends import engine_of
from webapp.database import Base

Rows = dict[str, list[dict[str, Any]]]


def all_rows(app: Flask) -> Rows:
    """Return every row of every table, in the order of the keys."""
    with engine_of(app).connect() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def without_last_seen(rows: Rows) -> Rows:
    """Return the rows without the one thing that reading may change."""
    kept = [{name: value for name, value in row.items() if name != "last_seen_at"} for row in rows["sessions"]]
    return {**rows, "sessions": kept}


def changed(before: Rows, after: Rows) -> list[str]:
    """Return the names of the tables that differ, last_seen_at aside."""
    old, new = without_last_seen(before), without_last_seen(after)
    return [name for name in old if old[name] != new[name]]
