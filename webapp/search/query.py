"""What people type into the search box: words, "phrases", from:, has:attachment, before: and after:.

Any text is a query. What is no word, such as a lone bracket, is left out; an operator that makes no sense is a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from webapp.accounts.models import Side
from webapp.messaging.words import is_apart, spans

MOST_TERMS = 16
"""Words and phrases that count; more would only make a search slow."""

_PARTS = re.compile(
    r"""(?:^|(?<=\s))(?P<operator>from|has|before|after):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))
      | "(?P<phrase>[^"]*)"?
      | (?P<word>[^\s"]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_FILES = {"attachment", "attachments", "file", "files"}
_SIDES = {"customer": Side.CUSTOMER, "store": Side.STORE, "platform": Side.ADMIN, "admin": Side.ADMIN}
_MYSELF = "me"


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; the last one may go on, unless the term was quoted."""

    words: tuple[str, ...]
    is_exact: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether longer words match too: one letter alone would match half the dictionary."""
        last = self.words[-1]
        return not self.is_exact and len(last) > 1 and not is_apart(last)


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought; all of it must hold for one message."""

    terms: tuple[Term, ...] = ()
    senders: tuple[Term, ...] = ()
    from_me: bool = False
    side: Side | None = None
    """The side that a word after ``from:`` names; it may also be somebody's name."""
    has_files: bool = False
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that could be found."""
        return self == Query()

    @property
    def is_dated(self) -> bool:
        return self.since is not None or self.until is not None


def parse(text: str, timezone: str = "UTC") -> Query:
    """Read a query; days begin and end in the time zone."""
    terms: list[Term] = []
    senders: list[Term] = []
    found: dict[str, Any] = {}
    for part in _PARTS.finditer(text):
        operator, value = (part["operator"] or "").lower(), part["quoted"] or part["value"] or ""
        moment = _start_of_day(value, timezone) if operator in {"before", "after"} else None
        if operator == "from" and value.lower() == _MYSELF:
            found["from_me"] = True
        elif operator == "from" and (name := _term(value, is_exact=part["quoted"] is not None)):
            senders.append(name)
            found["side"] = _SIDES.get(value.lower())
        elif operator == "has" and value.lower() in _FILES:
            found["has_files"] = True
        elif moment:
            found["until" if operator == "before" else "since"] = moment
        elif term := _term(part["phrase"] or part[0], is_exact=part["phrase"] is not None):
            terms.append(term)
    return Query(tuple(terms[:MOST_TERMS]), tuple(senders[:MOST_TERMS]), **found)


def _term(text: str, *, is_exact: bool) -> Term | None:
    words = tuple(span.word for span in spans(text))
    return Term(words[:MOST_TERMS], is_exact) if words else None


def _start_of_day(text: str, timezone: str) -> datetime | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        day = date(*(int(number or 1) for number in match.groups()))
        return datetime(day.year, day.month, day.day, tzinfo=_zone(timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
