"""CSV that spreadsheets read as text: no cell of ours begins a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """Return the text of a cell, with an apostrophe before what a spreadsheet would take as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def as_csv(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a CSV file (RFC 4180) with a line of headings; a byte order mark tells Excel that it is UTF-8."""
    whole = StringIO()
    writer = csv.writer(whole)
    writer.writerow([cell(name) for name in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + whole.getvalue()
