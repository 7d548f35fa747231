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
    taken: list[float] = []

    def begin(*arguments: Any) -> None:
        arguments[4].begun = time.perf_counter()

    def end(*arguments: Any) -> None:
        taken[-1] += time.perf_counter() - arguments[4].begun

    event.listen(db.engine, "before_cursor_execute", begin)
    event.listen(db.engine, "after_cursor_execute", end)
    try:
        for _ in range(ROUNDS):
            taken.append(0)
            ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", begin)
        event.remove(db.engine, "after_cursor_execute", end)
    return statistics.median(taken) * 1000
