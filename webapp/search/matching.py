"""A query in the language of the index: FTS5's on SQLite, tsquery on PostgreSQL. Both are made of folded words only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql
from webapp.messaging.words import (
    ADMIN,
    HAS_FILES,
    PARTY,
    PLATFORM,
    SENDER,
    SIDE,
    of_customer,
    of_sender,
    store_scope,
    words,
)
from webapp.search.query import Query, Term

NOTHING = ":"
"""No word."""


def expression(viewer: Viewer, query: Query, platform_name: str) -> str:
    """Return the condition on a message's words, within the scopes of the viewer."""
    if query.is_empty:
        return _word(NOTHING)
    scopes = _scopes(viewer)
    parts = [_any(_plain(viewer, scopes, term, platform_name)) for term in query.terms]
    parts += [_any(_sent_by(viewer, scopes, term, query.side, platform_name)) for term in query.senders]
    if query.from_me:
        parts.append(_word(of_sender(viewer.side, viewer.id)))
    if query.has_files:
        parts.append(_any(_word(f"{scope}_{HAS_FILES}") for scope in scopes))
    if viewer.is_customer:
        parts.append(_word(of_customer(viewer.id)))
    if not query.terms and not query.senders and not query.has_files:
        parts.append(_any(_word(scope) for scope in scopes))
    return (" & " if is_postgresql() else " AND ").join(parts)


def _scopes(viewer: Viewer) -> list[str]:
    if viewer.is_admin:
        return [PLATFORM]
    store = store_scope(viewer.tenant_id)
    return [store, PLATFORM] if viewer.is_customer else [store]


def _plain(viewer: Viewer, scopes: Sequence[str], term: Term, platform_name: str) -> Iterable[str]:
    """A word of the text, of its sender's or a party's name."""
    for scope in scopes:
        for tag in ("", SENDER, PARTY, *([ADMIN] if viewer.is_admin else [])):
            yield _adjacent(scope, tag, term)
        if _names_the_platform(viewer, term, platform_name):
            yield _word(f"{scope}_{SIDE}{Side.ADMIN.value}")


def _sent_by(viewer: Viewer, scopes: Sequence[str], term: Term, side: Side | None, platform_name: str) -> Iterable[str]:
    for scope in scopes:
        for tag in (SENDER, *([ADMIN] if viewer.is_admin else [])):
            yield _adjacent(scope, tag, term)
        if side:
            yield _word(f"{scope}_{SIDE}{side.value}")
        if _names_the_platform(viewer, term, platform_name):
            yield _word(f"{scope}_{SIDE}{Side.ADMIN.value}")


def _names_the_platform(viewer: Viewer, term: Term, platform_name: str) -> bool:
    """Tell whether a term is of the one name under which others than admins know all admins."""
    if viewer.is_admin:
        return False
    name, count = words(platform_name), len(term.words)
    *first, last = term.words
    return any(
        name[place : place + count - 1] == first
        and (name[place + count - 1].startswith(last) if term.goes_on else name[place + count - 1] == last)
        for place in range(len(name) - count + 1)
    )


def _adjacent(scope: str, tag: str, term: Term) -> str:
    scoped = [f"{scope}_{tag}{word}" for word in term.words]
    if is_postgresql():
        return " <-> ".join(map(_word, scoped)) + (":*" if term.goes_on else "")
    return f'"{" ".join(scoped)}"' + (" *" if term.goes_on else "")


def _word(word: str) -> str:
    return f"'{word}'" if is_postgresql() else f'"{word}"'


def _any(parts: Iterable[str]) -> str:
    return f"({(' | ' if is_postgresql() else ' OR ').join(parts)})"
