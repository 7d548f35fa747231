"""The start pages: the newest conversations of whoever looks, open and closed, and nobody else's."""

from __future__ import annotations

import pytest

from tests.factories import close, send, start
from tests.portals import pages

HOMES = {"ada": "/admin", "olga": "/store", "mara": "/storefront/account"}


def latest(browser, who):
    """The words of each conversation that the start page shows, newest first."""
    page = browser.get(HOMES[who])
    assert page.status_code == 200
    section = pages.parse(page.text)
    lists = [one for one in section.iter("section") if one.get("class") == "latest"]
    return [pages.text_of(link) for one in lists for link in one.iter("a") if "btn" not in (link.get("class") or "")]


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_the_five_newest_conversations_are_there_and_those_of_others_are_not(sign_in, people, who):
    author = people.ada if who == "ada" else people.olga
    for number in range(6):
        talk = start(author, people.mara_row, f"Parcel {number}")
    close(author, talk)
    start(people.tom, people.nina_row, "At the tea shop")
    if who == "mara":
        send(people.olga, talk_of(people), "One more thing")

    shown = latest(sign_in(getattr(people, who)), who)

    assert len(shown) == 5
    assert not [words for words in shown if "tea shop" in words]
    assert [words for words in shown if "Parcel 5" in words and "Closed" in words]


def talk_of(people):
    return start(people.olga, people.mara_row, "Newest of all")


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_an_empty_start_page_says_what_will_be_there(sign_in, people, who):
    browser = sign_in(getattr(people, who))

    assert latest(browser, who) == []
    assert "you find it here" in browser.shown[1] or "appear here" in browser.shown[1]
