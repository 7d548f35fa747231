"""What SQLite calls of ours: functions that it lacks, or knows for ASCII only."""

from __future__ import annotations

import sqlite3
from functools import lru_cache


def register(connection: sqlite3.Connection) -> None:
    """Let the statements of a connection call them."""
    connection.create_function("lower", 1, lower, deterministic=True)
    connection.create_function("holds_words", 2, holds_words, deterministic=True)


def lower(value: str | float | bytes | None) -> str | float | bytes | None:
    """SQLite's own lower() knows ASCII only."""
    return value.lower() if isinstance(value, str) else value


def holds_words(words: str, asked: str) -> bool:
    """Tell whether spaced words hold, of each line asked, one of its parts between tabs; a function of SQLite's.

    A part begins with a space, and ends with one unless its last word may go on.
    """
    text = f" {words} "
    for parts in _read(asked):
        for part in parts:  # a loop, since generators would cost more than what they ask
            if part in text:
                break
        else:
            return False
    return True


@lru_cache(maxsize=64)
def _read(asked: str) -> list[list[str]]:
    return [line.split("\t") for line in asked.split("\n")]
