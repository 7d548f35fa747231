"""What a search costs in the largest store: the whole listing, and its statements alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from bench import loading
from bench.marketplace import Marketplace
from webapp.database import session
from webapp.extensions import db
from webapp.messaging.queries import ConversationFilters
from webapp.search import service as search

ROUNDS = 15
WORDS = {
    "rare word": f'"{loading.RARE}"',
    "medium word": f'"{loading.MEDIUM}"',
    "common word": f'"{loading.COMMON}"',
    "prefix": "w15",
    "phrase": '"w0 w0"',
    "another store's word": f'"{loading.FOREIGN}"',
    "nobody's word": '"nowhere"',
}


def milliseconds(place: Marketplace) -> dict[str, float]:
    """Return the median time that the statements of each search take, as their client sees it."""
    with place.app.app_context():
        return {name: _median(lambda text=text: _list(place, text)) for name, text in WORDS.items()}


def _list(place: Marketplace, text: str) -> None:
    search.list_conversations(place.viewer, ConversationFilters(team=True, status=None, text=text))
    session.rollback()


def _median(ask: Callable[[], None]) -> float:
    """Replay the statements as they went to the driver, and fetch their rows: SQLite finds much while fetching."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        return statistics.median(_time_of(cursor, asked) for _ in range(ROUNDS)) * 1000


def _time_of(cursor: Any, asked: list[tuple[str, Any]]) -> float:
    begun = time.perf_counter()
    for statement, parameters in asked:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    return time.perf_counter() - begun
