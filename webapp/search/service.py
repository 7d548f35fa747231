"""Listing an inbox with what was typed into its search box: the matches, the page, and why each row is on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, session
from webapp.messaging import asking
from webapp.messaging.queries import ConversationFilters, ConversationList, ConversationRow, Matches, Position, Way
from webapp.messaging.service import MessagingService
from webapp.search import statements
from webapp.search.highlighting import LENGTH, Snippet, highlight
from webapp.search.matching import condition
from webapp.search.query import Query, parse
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME
from webapp.settings.service import PlatformSettings

_ALWAYS = {"since": datetime(1, 1, 1, tzinfo=UTC), "until": datetime(9999, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest message of a conversation that matches, and the conversation's subject, highlighted."""

    seq: int
    subject: Snippet
    snippet: Snippet


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
    for way in _ways(index, parameters):
        matches = Matches(index.finding, way, parameters)
        page = messaging.list_conversations(viewer, filters, after, limit, matches)
        if way is not Way.WALK_A_LITTLE or page.next:
            break
    return Listing(page, _hits(index, viewer, query, parameters, page.rows))


def _parameters(index: statements.Index, viewer: Viewer, query: Query) -> dict[str, Any]:
    name = "" if viewer.is_admin else str(PlatformSettings().get(PLATFORM_DISPLAY_NAME))
    parameters = index.parameters(condition(viewer, query, name))
    if query.is_dated:
        parameters |= {"since": query.since or _ALWAYS["since"], "until": query.until or _ALWAYS["until"]}
    return parameters


def _ways(index: statements.Index, parameters: dict[str, Any]) -> Iterator[Way]:
    """Yield the ways to try, the last of which never fails. PostgreSQL walks a little in less time than it counts."""
    if index.postgresql:
        yield Way.WALK_A_LITTLE
    if (session.scalar(statements.count(index), parameters) or 0) <= statements.RARE:
        yield Way.LOOK_UP
        return
    if not index.postgresql:
        yield Way.WALK_A_LITTLE
    yield Way.WALK


def _hits(
    index: statements.Index, viewer: Viewer, query: Query, parameters: dict[str, Any], rows: Sequence[ConversationRow]
) -> dict[int, Hit]:
    if not rows:
        return {}
    asked = {**asking.as_parameters(viewer), **parameters, "shown": [row.id for row in rows]}
    found = {one.id: one for one in session.execute(statements.newest_matches(index, viewer.side), asked)}
    return {row.id: _hit(query, row, found[row.id]) for row in rows if row.id in found}


def _hit(query: Query, row: ConversationRow, message: Any) -> Hit:
    """Show the text, unless only the names of files hold what was found."""
    snippet = highlight(message.content, query.terms, LENGTH)
    if message.filenames and not snippet.ranges:
        files = highlight(message.filenames, query.terms, LENGTH)
        snippet = files if files.ranges or not message.content else snippet
    return Hit(message.seq, highlight(row.subject, query.terms), snippet)
