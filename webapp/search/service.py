"""Listing an inbox with what was typed into its search box: the matches, the page, and why each row is on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql
from webapp.messaging import asking
from webapp.messaging.queries import ConversationFilters, ConversationList, ConversationRow, Matches, Position, Way
from webapp.messaging.service import MessagingService
from webapp.prepared import read
from webapp.search import statements
from webapp.search.highlighting import LENGTH, Snippet, highlight
from webapp.search.matching import condition
from webapp.search.query import Query, parse
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME
from webapp.settings.service import PlatformSettings

PARTS = (128, 1024)
"""Conversations that are read one by one before those that hold a match are collected: first fewer, then more."""

_ALWAYS = {"since": datetime(1, 1, 1, tzinfo=UTC), "until": datetime(9999, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest message of a conversation that matches, and the conversation's subject, highlighted."""

    seq: int
    subject: Snippet
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A way to the page, the parameters of that way, and the newest match of each conversation where all are known."""

    way: Way
    more: Mapping[str, Any] = field(default_factory=dict)
    newest: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of an inbox; with a search, the hit of each of its rows by conversation."""

    page: ConversationList
    hits: Mapping[int, Hit] = field(default_factory=dict)


def list_conversations(
    viewer: Viewer, filters: ConversationFilters, after: Position | None = None, limit: int = 25
) -> Listing:
    """Return a page of the inbox, narrowed to what was typed; nothing typed, nothing narrowed."""
    messaging = MessagingService()
    if not filters.text.strip():
        return Listing(messaging.list_conversations(viewer, filters, after, limit))
    query = parse(filters.text, viewer.timezone)
    index = statements.index(postgresql=is_postgresql(), dated=query.is_dated)
    parameters = _parameters(index, viewer, query)
    for attempt in _attempts(index, parameters):
        matches = Matches(index.finding, attempt.way, {**parameters, **attempt.more})
        page = messaging.list_conversations(viewer, filters, after, limit, matches)
        if attempt.way is not Way.WALK_A_PART or page.next:
            break
    return Listing(page, _hits(index, viewer, query, parameters, page.rows, attempt.newest))


def _parameters(index: statements.Index, viewer: Viewer, query: Query) -> dict[str, Any]:
    name = "" if viewer.is_admin else str(PlatformSettings().get(PLATFORM_DISPLAY_NAME))
    parameters = index.parameters(condition(viewer, query, name))
    if query.is_dated:
        parameters |= {"since": query.since or _ALWAYS["since"], "until": query.until or _ALWAYS["until"]}
    return parameters


def _attempts(index: statements.Index, parameters: dict[str, Any]) -> Iterator[_Attempt]:
    """Yield what to try, the last of which never fails.

    PostgreSQL walks the first part in less time than it collects what matches; SQLite counts in less.
    """
    first, longer = (_Attempt(Way.WALK_A_PART, {"walked": part}) for part in PARTS)
    if index.postgresql:
        yield first
    found = read(statements.matches(index), parameters)
    if sum(one.number for one in found) <= statements.RARE:
        newest = {one.conversation_id: one.newest for one in found}
        yield _Attempt(Way.LOOK_UP, {"found": index.given(newest)}, newest)
        return
    if not index.postgresql:
        yield first
        yield longer
    yield _Attempt(Way.WALK)


def _hits(
    index: statements.Index,
    viewer: Viewer,
    query: Query,
    parameters: dict[str, Any],
    rows: Sequence[ConversationRow],
    newest: Mapping[int, int] | None,
) -> dict[int, Hit]:
    if not rows:
        return {}
    select = statements.newest_matches if newest is None else statements.given_matches
    shown = [row.id if newest is None else newest[row.id] for row in rows]
    asked = {**asking.as_parameters(viewer), **parameters, "shown": index.given(shown)}
    found = {one.id: one for one in read(select(index, viewer.side), asked)}
    return {row.id: _hit(query, row, found[row.id]) for row in rows if row.id in found}


def _hit(query: Query, row: ConversationRow, message: Any) -> Hit:
    """Show the text, unless only the names of files hold what was found."""
    snippet = highlight(message.content, query.terms, LENGTH)
    if message.filenames and not snippet.ranges:
        files = highlight(message.filenames, query.terms, LENGTH)
        snippet = files if files.ranges or not message.content else snippet
    return Hit(message.seq, highlight(row.subject, query.terms), snippet)
