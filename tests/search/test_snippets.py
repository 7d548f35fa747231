"""Snippets show the part of a text in which something was found, and exactly that is marked."""

from __future__ import annotations

import pytest

from webapp.search.highlighting import LENGTH, highlight
from webapp.search.query import parse


def marked(text: str, typed: str, length: int | None = None) -> str:
    parts = highlight(text, parse(typed).terms, length).parts
    return "".join(f"[{part}]" if is_found else part for part, is_found in parts)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("A parcel, two parcels", "parcel", "A [parcel], two [parcels]"),
        ("A parcel, two parcels", '"parcel"', "A [parcel], two parcels"),
        ("late parcel, parcel late", '"late parcel"', "[late parcel], parcel late"),
        ("Café crème", "cafe creme", "[Café] [crème]"),
        ("Straße 7", "strasse", "[Straße] 7"),
        ("こんにちは世界", "世界", "こんにちは[世界]"),
        ("see pot-1042!", "pot-1042", "see [pot-1042]!"),
        ("parcels of parcels", "parcel parcels", "[parcels] of [parcels]"),
        ("Cafe\u0301!", "café", "[Cafe\u0301]!"),
        ("nothing", "parcel", "nothing"),
        ("", "parcel", ""),
    ],
)
def test_what_was_found_is_marked(text, typed, expected):
    assert marked(text, typed) == expected


def test_a_word_far_behind_is_seen_in_a_narrow_row():
    text = "The carriers read both. Please send one with every parcel"

    assert marked(text, "parcel", LENGTH) == "…with every [parcel]"
    assert marked(text, "carriers", LENGTH) == text.replace("carriers", "[carriers]")


@pytest.mark.parametrize("place", [0, 100, 400, 990])
def test_a_long_text_is_cut_around_the_first_word_found(place):
    words = ["filler"] * 1000
    words[place] = "parcel"
    snippet = highlight(" ".join(words), parse("parcel").terms, LENGTH)

    assert len(snippet.text) <= LENGTH + 2
    assert [snippet.text[start:end] for start, end in snippet.ranges] == ["parcel"]
    assert snippet.text.startswith("…") == (place > 10)
    assert snippet.text.endswith("…") == (place < 980)


def test_one_long_word_is_cut_too():
    snippet = highlight("x" * 1000, parse("xxx").terms, LENGTH)

    assert snippet.ranges == ((0, LENGTH),)
