"""Snippets: the part of a text around what was found, and where in it the words stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.messaging.words import Span, spans
from webapp.search.query import Term

LENGTH = 140
SEEN = 30
"""Characters that are seen of a row even where it is narrow; a word found behind them would be cut off."""
BEFORE = 12
"""How much of the text is then shown before the first word found in it."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text on one line and the places of what was found in it, in order and apart."""

    text: str
    ranges: tuple[Range, ...] = ()

    @property
    def parts(self) -> Iterable[tuple[str, bool]]:
        """Yield the text in parts, each with whether it was found."""
        end = 0
        for start, stop in self.ranges:
            yield self.text[end:start], False
            yield self.text[start:stop], True
            end = stop
        yield self.text[end:], False


def highlight(text: str, terms: Iterable[Term], length: int | None = None) -> Snippet:
    """Return the text, or so much of it around the first word found, with the places of all words found in it."""
    line = " ".join(text.split())
    ranges = _found(line, list(terms))
    if length is None:
        return Snippet(line, tuple(ranges))
    start = _start(line, ranges)
    shown = line[start : start + length]
    cut = ("…" if start else "", "…" if start + length < len(line) else "")
    move = len(cut[0]) - start
    seen = [(max(first, start), min(end, start + length)) for first, end in ranges]
    return Snippet(cut[0] + shown + cut[1], tuple((first + move, end + move) for first, end in seen if first < end))


def _start(line: str, ranges: list[Range]) -> int:
    """Return where to begin: shortly before the first word found, after a space if there is one near."""
    if not ranges or ranges[0][1] <= SEEN or ranges[0][0] == 0:
        return 0
    start = max(0, ranges[0][0] - BEFORE)
    space = line.find(" ", start, ranges[0][0])
    return space + 1 if space >= 0 else start


def _found(text: str, terms: list[Term]) -> list[Range]:
    """Return the places of the terms, sorted, overlapping ones joined."""
    there = list(spans(text))
    places = sorted(_place(there, first, term) for term in terms for first in _starts(there, term))
    joined: list[Range] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _starts(there: list[Span], term: Term) -> Iterable[int]:
    *heads, last = term.words
    for first in range(len(there) - len(heads)):
        if any(there[first + step].word != head for step, head in enumerate(heads)):
            continue
        word = there[first + len(heads)].word
        if word == last or (term.goes_on and word.startswith(last)):
            yield first


def _place(there: list[Span], first: int, term: Term) -> Range:
    return there[first].start, there[first + len(term.words) - 1].end
