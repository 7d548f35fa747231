"""How the machine asks, apart from what it asks and what it expects: another door needs another driver only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tests.isolation.model import Person


@dataclass(frozen=True)
class Answer:
    """An answer: its status, all of its text with its headers, and the same with what may differ masked."""

    status: int
    raw: str
    masked: str = ""


@dataclass(frozen=True)
class Row:
    """A conversation in a list."""

    id: int
    unread: int
    takes_part: bool


@dataclass(frozen=True)
class Listed:
    """A list as it is shown, its whole count, the badge beside it, and the way to the next page."""

    answer: Answer
    rows: tuple[Row, ...] = ()
    total: int = 0
    badge: int = 0
    cursor: str | None = None


@dataclass(frozen=True)
class Shown:
    """An open conversation: its numbers, its files, the marks of others, and ids of admins where they are shown."""

    answer: Answer
    seqs: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    marks_of_others: tuple[int, ...] = ()
    admin_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Route:
    """A way to ask about a conversation or one of its files, by their ids."""

    name: str
    changes: bool
    of_file: bool
    ask: Callable[[Person, int, str], Answer]


class Driver(Protocol):
    """A door."""

    knows_keys_first: bool
    """Whether a used key is refused before a recipient to whom nobody may write any more."""
    refuses_cursors: bool
    """Whether a cursor that is not for this list is refused; else the list begins at the top."""
    names_other_stores: bool
    """Whether a person of two stores is told that what they asked for lies in the other one."""

    def narrows_to_stores(self, person: Person) -> bool:
        """Tell whether the person's lists can be narrowed to one store; else such a filter is left out."""

    def enter(self, person: Person) -> None:
        """Let a person in, as signing in does; they keep what they were given when they are deactivated."""

    def start(
        self, person: Person, channel: str, to: Person | str, words: tuple[str, str], key: str | None
    ) -> tuple[Answer, int | None]:
        """Start a conversation with a person or a whole store, with subject and text, and return its id."""

    def send(self, person: Person, number: int, text: str, key: str | None) -> Answer:
        """Send a message."""

    def send_file(self, person: Person, number: int, name: str, content: str) -> tuple[Answer, str | None]:
        """Send a text file, and return its id."""

    def do(self, person: Person, verb: str, number: int, seq: int | None = None) -> Answer:
        """Close, reopen, read (up to seq), unread (from seq), watch or unwatch a conversation."""

    def list(self, person: Person, **filters: str) -> Listed:
        """List: scope, status, unread, q, store, limit, cursor."""

    def show(self, person: Person, number: int) -> Shown:
        """Open a conversation."""

    def badge(self, person: Person) -> tuple[Answer, int]:
        """Ask for the badge alone."""

    def directory(self, person: Person) -> Answer:
        """Ask whom the person may write to."""

    def elsewhere(self, person: Person) -> Iterator[Answer]:
        """Use what lets the person in at the doors of the other sides."""

    def routes(self, person: Person) -> list[Route]:
        """Return every way in which the person's door can be asked about a conversation."""
