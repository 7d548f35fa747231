"""What a message's words must hold, within the scopes of the viewer; written for FTS5, as a tsquery, or as plain text.

All are made of folded words only, so that nothing that somebody types is read as a language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
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


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand side by side; the last may go on."""

    words: tuple[str, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Of each group a message must hold one run."""

    groups: tuple[tuple[Run, ...], ...]

    @property
    def goes_on(self) -> bool:
        """Whether longer words match too."""
        return any(run.goes_on for group in self.groups for run in group)

    def within(self, mark: str) -> Condition:
        """The same for words that begin with a mark, for which a statement puts that of a conversation."""
        marked = [
            tuple(replace(run, words=tuple(f"{mark}{word}" for word in run.words)) for run in group)
            for group in self.groups
        ]
        return Condition(tuple(marked))

    def as_fts5(self) -> str:
        return self._written(lambda run: f'"{" ".join(run.words)}"' + " *" * run.goes_on, " OR ", " AND ")

    def as_tsquery(self) -> str:
        return self._written(
            lambda run: " <-> ".join(f"'{word}'" for word in run.words) + ":*" * run.goes_on, " | ", " & "
        )

    def as_text(self) -> str:
        """What ``sqlite_functions.holds_words`` reads."""
        return "\n".join(
            "\t".join(f" {' '.join(run.words)}" + " " * (not run.goes_on) for run in group) for group in self.groups
        )

    def as_part(self) -> str:
        """The longest text that all which holds this holds: what all runs of one of the groups end with."""
        return max((_common_end([" ".join(run.words) for run in group]) for group in self.groups), key=len)

    def _written(self, write: Callable[[Run], str], either: str, both: str) -> str:
        return both.join(f"({either.join(map(write, group))})" for group in self.groups)


def condition(viewer: Viewer, query: Query, platform_name: str) -> Condition:
    """Return what a message must hold to be found; of an empty query none does."""
    if query.is_empty:
        return Condition((_either(NOTHING),))
    scopes = _scopes(viewer)
    groups = [tuple(_plain(viewer, scopes, term, platform_name)) for term in query.terms]
    groups += [tuple(_sent_by(viewer, scopes, term, query.side, platform_name)) for term in query.senders]
    if query.from_me:
        groups.append(_either(of_sender(viewer.side, viewer.id)))
    if query.has_files:
        groups.append(_either(*(f"{scope}_{HAS_FILES}" for scope in scopes)))
    if viewer.is_customer:
        groups.append(_either(of_customer(viewer.id)))
    if not query.terms and not query.senders and not query.has_files:
        groups.append(_either(*scopes))
    return Condition(tuple(groups))


def _common_end(texts: Sequence[str]) -> str:
    end = texts[0]
    while not all(text.endswith(end) for text in texts):
        end = end[1:]
    return end


def _either(*alternatives: str) -> tuple[Run, ...]:
    return tuple(Run((word,)) for word in alternatives)


def _scopes(viewer: Viewer) -> list[str]:
    if viewer.is_admin:
        return [PLATFORM]
    store = store_scope(viewer.tenant_id)
    return [store, PLATFORM] if viewer.is_customer else [store]


def _plain(viewer: Viewer, scopes: Sequence[str], term: Term, platform_name: str) -> Iterable[Run]:
    """A word of the text, of its sender's or a party's name."""
    for scope in scopes:
        for tag in ("", SENDER, PARTY, *([ADMIN] if viewer.is_admin else [])):
            yield _scoped(scope, tag, term)
        if _names_the_platform(viewer, term, platform_name):
            yield Run((f"{scope}_{SIDE}{Side.ADMIN.value}",))


def _sent_by(viewer: Viewer, scopes: Sequence[str], term: Term, side: Side | None, platform_name: str) -> Iterable[Run]:
    for scope in scopes:
        for tag in (SENDER, *([ADMIN] if viewer.is_admin else [])):
            yield _scoped(scope, tag, term)
        if side:
            yield Run((f"{scope}_{SIDE}{side.value}",))
        if _names_the_platform(viewer, term, platform_name):
            yield Run((f"{scope}_{SIDE}{Side.ADMIN.value}",))


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


def _scoped(scope: str, tag: str, term: Term) -> Run:
    return Run(tuple(f"{scope}_{tag}{word}" for word in term.words), term.goes_on)
