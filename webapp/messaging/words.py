"""The words under which a message can be found: folded, each under the scope that may look for it.

A scope is the tenant within the index: the dictionary of a store holds no word of another. One that is known only there
is not looked up at all, so that neither what is found nor how long it takes tells anything about it. Whoever writes a
message writes its words in the same statement; a database only keeps them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeEngine

from webapp.accounts.models import Side

LONGEST = 64
"""Characters of a word that count."""
MOST = 7_000
"""Words of a text that count: a tsvector numbers no more than 16,383, and there may be two scopes."""
SHORT = 200
"""Messages of a conversation that can be read one by one; those after so many carry each word for it alone too."""
PLATFORM = "p"
BOUNDARY = "_"
"""Stands between two texts, so that no phrase reaches from one into the other."""
HAS_FILES = "has:file"
IN = "in:"
"""Begins the words of one conversation, which all of its messages but the first ones carry: ``in:17_s12_parcel``."""
SENDER, PARTY, ADMIN, SIDE = "from:", "with:", "admin:", "side:"
"""Tags of words that are names: of the sender, of the parties, of an admin (which only admins may look for)."""

_ASCII = re.compile(r"[0-9a-z]+")
_APART = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts without spaces between words: each of their characters is a word."""


class Words(TypeDecorator[Sequence[str]]):
    """A column of words in their order: spaced text on SQLite, from which FTS5 reads, a tsvector on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_Vector() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        found = value or ()
        if dialect.name == "sqlite":
            return " ".join(found)
        of_all = [word for word in found if not word.startswith(IN)]
        of_one = found[len(of_all) :]  # their places are those of the others, so that no number is needed twice as high
        return " ".join(f"'{word}':{place}" for part in (of_all, of_one) for place, word in enumerate(part, start=1))

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str]:
        """Return the words; PostgreSQL keeps each of them once, in an order of its own."""
        return re.findall(r"'([^']+)'", value) if dialect.name == "postgresql" else value.split()


class _Vector(TSVECTOR):
    render_bind_cast = True


@dataclass(frozen=True, slots=True)
class Span:
    """A word and where it stands in the text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """What of a conversation its messages' words carry."""

    conversation_id: int
    store_id: int
    parties: tuple[Side, Side]
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it can be found; ``subject`` and ``names`` of the parties are of a conversation's first one."""

    seq: int
    sender: tuple[Side, int]
    sender_name: str
    content: str
    filenames: Sequence[str] = ()
    subject: str = ""
    names: Sequence[str] = ()


def words(text: str) -> list[str]:
    """Return the words of a text, folded: without case, accents and width."""
    return _ASCII.findall(text.lower()) if text.isascii() else [span.word for span in spans(text)]


def spans(text: str) -> Iterator[Span]:
    """Yield the words of a text with their places."""
    if text.isascii():
        for match in _ASCII.finditer(text.lower()):
            yield Span(match[0][:LONGEST], *match.span())
        return
    word, start, end = "", 0, 0
    for place, character in enumerate(text):
        parts = _folded(character)
        if not parts and word:
            end = place + 1
        for part, is_apart in parts:
            if (is_apart or not part) and word:
                yield Span(word[:LONGEST], start, end)
                word = ""
            if is_apart:
                yield Span(part, place, place + 1)
            elif part:
                start = start if word else place
                word += part
                end = place + 1
    if word:
        yield Span(word[:LONGEST], start, end)


def is_apart(word: str) -> bool:
    """Tell whether a word is one character that stands for itself, so that none begins with it."""
    return word.startswith(":") or bool(_APART.match(word))


def store_scope(store_id: int) -> str:
    return f"s{store_id}"


def of_customer(customer_id: int) -> str:
    """The word of every message in a customer's conversations."""
    return f"k{customer_id}"


def of_sender(side: Side, number: int) -> str:
    """The word of every message that a person wrote."""
    return f"by:{side.value}{number}"


def of_message(place: Place, said: Said) -> list[str]:
    """Return all words of a message, under each scope of its conversation."""
    texts = [words(text)[:MOST] for text in (said.subject, said.content, *said.filenames) if text]
    name = words(said.sender_name)
    party = [words(text) for text in said.names]
    of_admin = said.sender[0] is Side.ADMIN
    found = [of_sender(*said.sender)]
    if place.customer_id is not None:
        found.append(of_customer(place.customer_id))
    for scope in _scopes(place):
        found.append(scope)
        for text in texts:
            found += _tagged(scope, "", text)
        if not of_admin:
            found += _tagged(scope, SENDER, name)
        elif scope == PLATFORM:
            found += _tagged(scope, ADMIN, name)
        for text in party:
            found += _tagged(scope, PARTY, text)
        found.append(f"{scope}_{SIDE}{said.sender[0].value}")
        if said.filenames:
            found.append(f"{scope}_{HAS_FILES}")
    if said.seq > SHORT:
        found += [f"{IN}{place.conversation_id}_{word}" for word in found]
    return found


def _scopes(place: Place) -> Iterator[str]:
    if Side.STORE in place.parties:
        yield store_scope(place.store_id)
    if Side.ADMIN in place.parties:
        yield PLATFORM


def _tagged(scope: str, tag: str, text: Iterable[str]) -> list[str]:
    return [*(f"{scope}_{tag}{word[:LONGEST]}" for word in text), BOUNDARY]


@lru_cache(maxsize=8192)
def _folded(character: str) -> tuple[tuple[str, bool], ...]:
    """Return what a character adds to a word, and whether it stands apart; an empty part ends a word.

    Accents and joiners add nothing. What newer versions of Unicode than the database's may hold is written in ASCII.
    """
    parts = []
    for one in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        category = unicodedata.category(one)
        if category in {"Mn", "Cf", "Me"}:
            continue
        if category == "So" or (ord(one) > 0xFFFF and category[0] in "LN"):
            parts.append((f":{ord(one):x}", True))
        elif category[0] in "LN" or category == "Mc":
            parts.append((one, bool(_APART.match(one))))
        else:
            parts.append(("", False))
    return tuple(parts)
