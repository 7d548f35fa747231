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
from webapp.search.matching import Condition, condition
from webapp.search.places import place
from webapp.search.query import Query, parse
from webapp.search.statements import Index
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME
from webapp.settings.service import PlatformSettings

READ = {"postgresql": 128, "sqlite": 64}
"""Conversations at the top of a list that are read one by one before all of it is walked."""
WALKED = (256, 1024)
"""Those for which, on SQLite, what matches is collected before it is for all: first fewer, then more."""

_ALWAYS = {"since": datetime(1, 1, 1, tzinfo=UTC), "until": datetime(9999, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True, slots=True)
class Hit:
    """The newest message of a conversation that matches, and the conversation's subject, highlighted."""

    seq: int
    subject: Snippet
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A way to the page, the parameters of that way, and the place of each conversation's newest match, if known."""

    way: Way
    more: Mapping[str, Any] = field(default_factory=dict)
    newest: Mapping[int, int] = field(default_factory=dict)


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
    asked = condition(viewer, query, "" if viewer.is_admin else str(PlatformSettings().get(PLATFORM_DISPLAY_NAME)))
    parameters = _parameters(index, query, asked)
    for attempt in _attempts(index, parameters, goes_on=asked.goes_on):
        matches = Matches(index.finding, attempt.way, {**parameters, **attempt.more})
        page = messaging.list_conversations(viewer, filters, after, limit, matches)
        if page.next or not attempt.way.is_of_a_part:
            break
    return Listing(page, _hits(index, viewer, query, parameters, page.rows, attempt))


def _parameters(index: Index, query: Query, asked: Condition) -> dict[str, Any]:
    parameters = index.parameters(asked)
    if query.is_dated:
        parameters |= {"since": query.since or _ALWAYS["since"], "until": query.until or _ALWAYS["until"]}
    return parameters


def _attempts(index: Index, parameters: dict[str, Any], *, goes_on: bool) -> Iterator[_Attempt]:
    """Yield what to try, the last of which never fails.

    To read the first part takes less time than to count, but for whole words on SQLite: PostgreSQL counts by collecting
    what matches, and so does SQLite with the beginnings of words.
    """
    reads = _Attempt(Way.READ_A_PART, {"walked": READ["postgresql" if index.postgresql else "sqlite"]})
    reads_first = index.postgresql or goes_on
    if reads_first:
        yield reads
    found = read(statements.built(Index.matches, index), parameters)
    if sum(one.number for one in found) <= statements.RARE:
        newest = {one.conversation_id: place(one.conversation_id, one.newest) for one in found}
        yield _Attempt(Way.LOOK_UP, {"found": index.given(newest)}, newest)
        return
    if not index.postgresql:
        yield from (_Attempt(Way.WALK_A_PART, {"walked": part}) for part in WALKED)
    if not reads_first:
        yield reads
    yield _Attempt(Way.WALK)


def _hits(
    index: Index,
    viewer: Viewer,
    query: Query,
    parameters: dict[str, Any],
    rows: Sequence[ConversationRow],
    attempt: _Attempt,
) -> dict[int, Hit]:
    if not rows:
        return {}
    match attempt.way:
        case Way.LOOK_UP:
            select, shown = Index.given_matches, [attempt.newest[row.id] for row in rows]
        case Way.WALK_A_PART:
            select, shown = Index.collected_matches, [row.id for row in rows]
        case _:
            select, shown = Index.newest_matches, [row.id for row in rows]
    asked = {**asking.as_parameters(viewer), **parameters, "shown": index.given(shown)}
    found = {one.id: one for one in read(statements.built(select, index, viewer.side), asked)}
    return {row.id: _hit(query, row, found[row.id]) for row in rows if row.id in found}


def _hit(query: Query, row: ConversationRow, message: Any) -> Hit:
    """Show the text, unless only the names of files hold what was found."""
    snippet = highlight(message.content, query.terms, LENGTH)
    if message.filenames and not snippet.ranges:
        files = highlight(message.filenames, query.terms, LENGTH)
        snippet = files if files.ranges or not message.content else snippet
    return Hit(message.seq, highlight(row.subject, query.terms), snippet)
