"""What people may type: kept as typed, any Unicode, and refused with words where it cannot be."""

from __future__ import annotations

import pytest

from tests.factories import start
from tests.messaging.looking import row, thread
from webapp.messaging.errors import Invalid
from webapp.messaging.text import clean_content, clean_key, clean_subject, fingerprint, preview_of

STRANGE = [
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "שלום עולם",
    "مرحبا \u200f(1)",
    "e\u0301 ≠ é",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "line one\n\n  indented\ttab",
    "<script>alert(1)</script> & \"quotes\" 'single'",
    "%s {} \\n ${x}",
    "\u2028 in the middle \u2028 of it",
    "𝕏 \U0010fffd",
]


@pytest.mark.parametrize("text", STRANGE)
def test_any_unicode_comes_back_as_typed(people, text):
    conversation = start(people.olga, people.mara_row, text="x" + text + "x")

    assert thread(people.mara, conversation).messages[0].content == "x" + text + "x"


@pytest.mark.parametrize(("typed", "kept"), [("  a\n", "a"), ("a\r\nb\rc", "a\nb\nc"), ("\n\n a  b \n", "a  b")])
def test_only_the_ends_and_the_line_endings_change(typed, kept):
    assert clean_content(typed) == kept


@pytest.mark.parametrize("length", [1, 10_000])
@pytest.mark.parametrize("character", ["a", "👍", "\u0301"])
def test_the_longest_and_the_shortest(people, character, length):
    assert len(clean_content(f"  {character * length}  ")) == length


def test_the_longest_emoji_message_is_stored(people):
    conversation = start(people.olga, people.mara_row, "👍" * 200, "👍" * 10_000)

    assert len(thread(people.mara, conversation).messages[0].content) == 10_000
    assert row(people.mara, conversation).last_message_preview == "👍" * 139 + "…"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        (" \n\t ", "required"),
        ("\u2003\u00a0", "required"),
        ("a" * 10_001, "too_long"),
        ("nul\x00", "control_character"),
        ("bell\x07.", "control_character"),
        ("c1\x85.", "control_character"),
        ("\ud83d lone", "control_character"),
    ],
)
def test_what_a_message_cannot_be(text, code):
    with pytest.raises(Invalid) as refused:
        clean_content(text)
    assert (refused.value.field, refused.value.code) == ("content", code)
    refused.value.message.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("  ", "required"),
        ("a" * 201, "too_long"),
        ("a\nb", "control_character"),
        ("a\tb", "control_character"),
        ("\x00a", "control_character"),
        ("a\ud800", "control_character"),
    ],
)
def test_what_a_subject_cannot_be(text, code):
    with pytest.raises(Invalid) as refused:
        clean_subject(text)
    assert (refused.value.field, refused.value.code) == ("subject", code)


def test_a_subject_is_one_line_without_double_spaces():
    assert clean_subject("  Order   1042 \u2028 late ") == "Order 1042 late"
    assert len(clean_subject(" " + "é" * 200)) == 200


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "{}", "0" * 33])
def test_a_key_is_a_uuid(key):
    with pytest.raises(Invalid):
        clean_key(key)


def test_a_key_has_one_form():
    spellings = ["0B5B1F4E-0000-4000-8000-0123456789AB", "0b5b1f4e0000400080000123456789ab"]

    assert {clean_key(key) for key in spellings} == {"0b5b1f4e-0000-4000-8000-0123456789ab"}
    assert clean_key(None) is None


def test_a_preview_is_one_short_line():
    assert preview_of("a\n\n b\t c") == "a b c"
    assert preview_of("x" * 140) == "x" * 140
    assert preview_of("x" * 141) == "x" * 139 + "…"


def test_a_fingerprint_tells_parts_apart():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a") == fingerprint("a")
