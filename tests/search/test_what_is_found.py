"""What a search finds: words, phrases, names, files, dates, in any script, the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import attach, change_settings, make_customer, send, start


@pytest.fixture
def talk(people):
    """A conversation about a parcel, and one about something else."""
    about = start(people.olga, people.mara_row, "Parcel 100%", text="It left the house today")
    start(people.olga, people.luis_row, "snake_case", text="Nothing of the sort")
    send(people.mara, about, "When will the blue teapot arrive? See https://tea.example/pot-1042?x=1")
    return about


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("PARCEL", True),
        ("parc", True),
        ("arcel", False),
        ("100%", True),
        ("10", True),
        ("2", False),
        ("blue teapot", True),
        ("teapot blue", True),
        ('"blue teapot"', True),
        ('"teapot blue"', False),
        ('"blue teap"', False),
        ('"BLUE teapot arrive"', True),
        ("parcel teapot", False),
        ("parcel house", True),
        ("pot-1042", True),
        ("tea.example", True),
        ("tea-1042", False),
        ("teapotx", False),
        ("absent", False),
    ],
)
def test_words_and_phrases(people, find, talk, text, is_found):
    assert find(people.sam, text) == (["Parcel 100%"] if is_found else [])
    assert find(people.mara, text) == (["Parcel 100%"] if is_found else [])


@pytest.mark.parametrize(
    "text",
    [
        *[
            "%",
            "_",
            "\\",
            "'",
            '"',
            '""',
            "*",
            "(",
            "a OR",
            "AND",
            "NEAR(a b)",
            "words:x",
            "^x",
            "-x",
            "{x}",
            ":*",
            "<->",
        ],
        *[
            "nul\x00",
            "\ud800",
            "from:",
            "has:",
            "before:",
            'from:"',
            "'; DROP TABLE messages; --",
            "a & b | !c",
            "\u0300",
        ],
        *["s1", "c1", "s1_parcel", "by:store3", "p_side:admin", "\u202e\u200d", "\U0001f9a6", "\ufdfa", "has:nothing"],
        *["a" * 5000, "a " * 5000, '"a ' * 500, "before:2026-99-99", "before:0000", "after:9999-12-31"],
    ],
)
def test_any_text_is_a_query(people, find, text):
    for viewer in (people.ada, people.olga, people.mara):
        assert find(viewer, text) == []


def test_words_without_a_meaning_to_the_index_are_words(people, find):
    start(people.olga, people.mara_row, "Either OR, NEAR and not")

    assert find(people.sam, "OR near NOT") == ["Either OR, NEAR and not"]
    assert find(people.sam, "has:near") == []


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Überweisung ЖАЛОБА", "uberweisung"),
        ("Überweisung ЖАЛОБА", "жалоб"),
        ("Cafe\u0301 crème brûlée", "café CREME"),
        ("Straße", "STRASSE"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full width"),
        ("Ελλάς", "ελλας"),
        ("می‌خواهم", "می‌خواهم"),
        ("مَرْحَبًا", "مرحبا"),
        ("שָׁלוֹם", "שלום"),
        ("こんにちは世界", "世界"),
        ("ティーポット", "ポット"),
        ("한국어 주문", "주문"),
        ("ข้อความใหม่", "ใหม่"),
        ("Help 👩‍💻 now", "👩‍💻"),
        ("Thanks 🦦", "🦦"),
        ("नमस्ते", "नमस्ते"),
        ("İstanbul", "istanbul"),
        ("Łódź 𝔤𝔬𝔱𝔥𝔦𝔠", "gothic"),
    ],
)
def test_every_script_is_found_without_accents_case_and_width(people, find, written, typed):
    start(people.olga, people.mara_row, "Subject", text=f"Before {written} after")
    start(people.olga, people.luis_row, "Other", text="Nothing of it")

    assert find(people.sam, typed) == ["Subject"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lind", ["Parcel 100%"]),
        ("gomez", ["snake_case"]),
        ("olga", ["Parcel 100%", "snake_case"]),
        ("harbor", ["Parcel 100%", "snake_case"]),
        ("from:mara", ["Parcel 100%"]),
        ("from:MARA teapot", ["Parcel 100%"]),
        ("from:mara house", []),
        ("from:olga house", ["Parcel 100%"]),
        ('from:"mara lind"', ["Parcel 100%"]),
        ('from:"lind mara"', []),
        ("from:luis", []),
        ("from:customer", ["Parcel 100%"]),
        ("from:store nothing", ["snake_case"]),
        ("from:platform", []),
        ("has:attachment", []),
    ],
)
def test_names_and_senders(people, find, talk, text, found):
    assert find(people.sam, text) == found


def test_from_me(people, find, talk):
    assert find(people.mara, "from:me") == ["Parcel 100%"]
    assert find(people.sam, "from:me") == []
    assert find(people.luis, "from:me") == []


def test_files_are_found_by_their_names_and_as_files(people, find, talk):
    attach(people.mara, talk, "Rechnung März.png")

    for text in ("rechnung", "marz", "has:attachment", "has:FILE from:mara", "png has:file"):
        assert find(people.sam, text) == ["Parcel 100%"], text
    assert find(people.sam, "has:attachment from:olga") == []


def test_days(people, find):
    with time_machine.travel(datetime(2026, 3, 10, 23, 30, tzinfo=UTC), tick=False):
        start(people.olga, people.mara_row, "Old", text="a parcel")
    with time_machine.travel(datetime(2026, 5, 1, 0, 0, tzinfo=UTC), tick=False):
        start(people.olga, people.mara_row, "New", text="a parcel")

    assert find(people.sam, "parcel before:2026-03-11") == ["Old"]
    assert find(people.sam, "parcel before:2026-03-10") == []
    assert find(people.sam, "parcel after:2026-03-11") == ["New"]
    assert find(people.sam, "parcel after:2026-03-10 before:2026-04") == ["Old"]
    assert find(people.sam, "after:2026-05-01") == ["New"]
    assert find(people.sam, "before:2026") == []


def test_the_newest_conversation_is_first_and_none_is_too_old(people, find):
    moment = datetime(2011, 1, 1, tzinfo=UTC)
    for number in range(3):
        with time_machine.travel(moment + timedelta(days=number), tick=False):
            start(people.olga, people.mara_row, f"Parcel {number}")

    assert find(people.sam, "parcel") == ["Parcel 2", "Parcel 1", "Parcel 0"]


def test_the_platforms_name_finds_what_it_wrote(people, find):
    start(people.ada, people.harbor, "From above")
    start(people.olga, people.mara_row, "Between us")
    change_settings(platform_display_name="Marktplatz Hilfe")

    for text in ("marktplatz", "HILFE", "from:hilfe", "from:platform"):
        assert find(people.sam, text) == ["From above"], text
    assert find(people.sam, "marktplatz between") == []
    assert find(people.sam, "ada") == find(people.sam, "from:ada") == []
    assert find(people.ben, "ada") == find(people.ben, "from:ada") == ["From above"]


def test_a_customer_is_found_by_a_name_with_accents(people, find):
    customer = make_customer(people.harbor, "ÉLODIE ÖZ", "elodie@example.com")
    start(people.olga, customer, "Subject")

    assert find(people.sam, "elodie oz") == find(people.sam, "élo") == ["Subject"]
