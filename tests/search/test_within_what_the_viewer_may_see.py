"""A search finds what its viewer may see and nothing else, whatever they type, rare or common."""

from __future__ import annotations

from itertools import product

import pytest

from tests.factories import attach, change_settings, close, send, start
from tests.search.conftest import listing
from webapp.messaging import words
from webapp.messaging.queries import ConversationFilters
from webapp.messaging.service import MessagingService
from webapp.search import service, statements
from webapp.search.matching import condition
from webapp.search.query import parse

WORDS = ("zebra", "from:mara zebra", "has:attachment", "zeb", '"zebra stripes"', "zebra after:2020", "from:customer")
EVERYBODY = ("ada", "olga", "sam", "wim_at_tea", "tom", "mara", "luis", "nina")


@pytest.fixture(params=["rare", "common", pytest.param("common in long ones", marks=pytest.mark.slow)])
def rarity(request, monkeypatch):
    """Make every word common or leave it rare: all ways of a search find the same."""
    if request.param != "rare":
        monkeypatch.setattr(statements, "RARE", 0)
        monkeypatch.setattr(service, "READ", {"postgresql": 1, "sqlite": 1})
        monkeypatch.setattr(service, "WALKED", (1, 2))
        statements.index.cache_clear()
    if request.param == "common in long ones":
        monkeypatch.setattr(words, "SHORT", 0)
    yield request.param
    statements.index.cache_clear()


@pytest.fixture
def three(people, rarity):
    """One conversation in each channel, each with the same words and a file by everybody in it."""
    found = {
        "between": start(people.olga, people.mara_row, "Between", text="zebra stripes"),
        "with the store": start(people.ada, people.harbor, "With the store", text="zebra stripes"),
        "with mara": start(people.ada, people.mara_row, "With Mara", text="zebra stripes"),
    }
    send(people.mara, found["between"], "zebra stripes")
    send(people.mara, found["with mara"], "zebra stripes")
    for who, talk in ((people.mara, "between"), (people.olga, "with the store"), (people.mara, "with mara")):
        attach(who, found[talk], "zebra.png")
    return found


def test_each_finds_their_own(people, find, three, rarity):
    may = {
        "ada": {"With the store", "With Mara"},
        "sam": {"Between", "With the store"},
        "olga": {"Between", "With the store"},
        "mara": {"Between", "With Mara"},
    }
    for text, who in product(WORDS, EVERYBODY):
        of_mara = "mara" in text or "customer" in text
        expected = may.get(who, set()) - ({"With the store"} if of_mara else set())
        assert set(find(getattr(people, who), text)) == expected, (text, who)


def test_a_switched_off_channel_is_not_found(people, find, three):
    change_settings(storefront_admin_conversations=False)

    assert find(people.mara, "zebra") == ["Between"]
    assert find(people.mara, "from:me") == ["Between"]


def test_the_filters_of_the_list_narrow_what_is_found(people, find, three, rarity):
    close(people.olga, three["between"])

    assert find(people.olga, "zebra", status="open") == ["With the store"]
    assert find(people.olga, "zebra", status="closed") == ["Between"]
    assert find(people.sam, "zebra", team=False) == ["With the store"]
    assert find(people.wim_at_tea, "zebra", team=False) == []
    assert find(people.olga, "zebra", team=False, status="closed") == ["Between"]
    assert find(people.olga, "zebra", unread=True) == ["With the store", "Between"]
    assert find(people.ada, "zebra", store_id=people.tea.id) == []
    assert len(find(people.ada, "zebra", store_id=people.harbor.id)) == 2
    assert find(people.ada, "zebra", channel="admin_store") == ["With the store"]


def test_a_conversation_is_found_once_with_its_newest_match(people, rarity):
    talk = start(people.olga, people.mara_row, "Zebra crossing", text="One zebra <b>")
    for number in range(5):
        send(people.mara, talk, f"Zebra {number} & co")
    send(people.olga, talk, "No animal")
    found = listing(people.sam, "zebra")

    assert [row.id for row in found.page.rows] == [talk.id]
    hit = found.hits[talk.id]
    assert hit.seq == 6
    assert list(hit.snippet.parts) == [("", False), ("Zebra", True), (" 4 & co", False)]
    assert list(hit.subject.parts) == [("", False), ("Zebra", True), (" crossing", False)]


def test_the_middle_of_a_long_conversation_is_found(people, find, rarity, monkeypatch):
    """Between its first and its newest messages the words of a conversation are looked for in it alone."""
    monkeypatch.setattr(words, "SHORT", 1)
    talks = [start(people.olga, people.mara_row, name, text="First") for name in ("Stripes", "Spots")]
    for what in ("zebra stripes", "leopard spots", "zebra crossing"):
        for talk, of_it in zip(talks, (what, what.replace("zebra", "okapi")), strict=True):
            send(people.mara, talk, of_it)
    for talk in talks:
        send(people.olga, talk, "Last")

    for text in ("zebra", "zeb", '"zebra stripes"', "zebra stri", "from:mara zebra", "zebra after:2020"):
        assert find(people.sam, text) == ["Stripes"], text
    for text in ('"stripes leopard"', '"zebra spots"', "zebra before:2020", "from:olga zebra", "zebras"):
        assert find(people.sam, text) == [], text
    assert find(people.wim_at_tea, "zebra") == find(people.tom, "zeb") == []
    found = listing(people.sam, "zebra")
    assert [found.hits[row.id].seq for row in found.page.rows] == [4]


def test_pages_hold_each_conversation_once(people, rarity):
    made = [start(people.olga, people.mara_row, f"Zebra {number}").id for number in range(7)]
    first = listing(people.sam, "zebra", limit=3)
    assert first.page.next
    assert first.page.total_is_capped is (rarity != "rare")
    assert first.page.total == (7 if rarity == "rare" else 3)
    assert [row.id for row in first.page.rows] == made[:3:-1]


def test_one_by_one_the_same_is_found(people, three, rarity):
    for number in range(3):
        start(people.olga, people.mara_row, f"Nothing {number}")
    for text, viewer in product(WORDS, (people.sam, people.mara, people.ada)):
        page = listing(viewer, text)
        whole = [(row.id, page.hits[row.id].seq) for row in page.page.rows]
        one = listing(viewer, text, limit=1)
        found = [(row.id, one.hits[row.id].seq) for row in one.page.rows]
        while one.page.next:
            one = listing(viewer, text, limit=1, after=one.page.next)
            found += [(row.id, one.hits[row.id].seq) for row in one.page.rows]

        assert found == whole, (text, viewer)
        assert found, (text, viewer)


def test_a_search_and_its_matches_come_together(people):

    with pytest.raises(ValueError, match="come together"):
        MessagingService().list_conversations(people.olga, ConversationFilters(text="zebra"))


@pytest.mark.parametrize("who", ["olga", "mara", "ada"])
def test_a_word_of_another_store_is_not_even_looked_up(people, who):
    """The dictionary of a viewer's scope does not hold it: what was never written there costs the same."""

    viewer = getattr(people, who)
    asked = condition(viewer, parse("zebra"), "Platform support").as_text()
    assert f"s{people.tea.id}_" not in asked
    assert asked.replace("zebra", "otter") == condition(viewer, parse("otter"), "Platform support").as_text()
