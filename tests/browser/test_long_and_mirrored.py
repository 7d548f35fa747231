"""How a thread looks when it is out of the ordinary: long texts, wide words, on paper, mirrored."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import SignIn
from tests.browser.talks import talk_with
from tests.factories import make_customer, read, send, start, viewer_of
from tests.people import People

pytestmark = pytest.mark.browser

TOP = "text => text.getBoundingClientRect().top"
LONG_NAME = "Maximiliana Theodora Constantinopoulos-Featherstonehaugh III"


def test_long_messages_are_shown_in_part_and_wide_words_break(people: People, signed_in: SignIn) -> None:
    """Behaviour 72: Long content: texts, words and names."""
    customer = make_customer(people.harbor, LONG_NAME)
    talk = start(people.olga, customer, "Late parcel", "word " * 1000)
    send(viewer_of(customer), talk, "W" * 300)
    send(people.sam, talk, "Let me see")
    send(viewer_of(customer), talk, "Short")
    read(people.olga, talk)
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    long = screen.log(page).locator(".b.long")
    expect(long).to_have_count(1)
    part = long.evaluate("text => text.clientHeight")
    top = long.evaluate(TOP)
    screen.log(page).get_by_text("Show more").click()
    page.wait_for_function("() => document.querySelector('.b.long').clientHeight > 900")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert abs(long.evaluate(TOP) - top) < 2
    assert long.evaluate("text => text.clientHeight") > part
    expect(screen.log(page).get_by_text("Show less")).to_be_visible()
    name = screen.message(page, "Short").locator(".meta strong")
    expect(name).to_have_attribute("title", LONG_NAME)
    assert name.evaluate("name => getComputedStyle(name).textOverflow") == "ellipsis"
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert screen.log(page).evaluate("log => log.scrollWidth <= log.clientWidth")
        assert name.evaluate("name => name.clientHeight") < 30


def test_a_link_is_a_link_and_nothing_is_fetched_for_it(people: People, signed_in: SignIn) -> None:
    """Behaviour 38: Link previews are off; the watch fails the test for any request to another origin."""
    talk = talk_with(people, "olga", "See https://example.com/a and javascript:alert(1)")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    text = screen.message(page, "See").locator(".b")
    expect(text.get_by_role("link")).to_have_count(1)
    expect(text.get_by_role("link")).to_have_attribute("href", "https://example.com/a")
    expect(text.get_by_role("link")).to_have_attribute("rel", "noopener nofollow ugc")
    expect(text.locator("img, iframe, figure")).to_have_count(0)


def test_print_shows_the_thread_with_names_and_whole_dates(people: People, signed_in: SignIn) -> None:
    """Behaviour 67: Print."""
    talk = talk_with(people, "olga", "one")
    send(people.olga, talk, "two")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.emulate_media(media="print")
    for gone in ("header.top", ".list", "#composer", ".earlier"):
        expect(page.locator(gone).first).to_be_hidden()
    for text in ("one", "two"):
        expect(screen.message(page, text)).to_be_visible()
        shown = screen.message(page, text).locator("time").evaluate("time => getComputedStyle(time, '::after').content")
        assert re.search(r"\d{4} at \d\d:\d\d", shown)
        assert screen.message(page, text).locator("strong").bounding_box()["width"] > 10  # type: ignore[index]


def test_a_mirrored_thread(people: People, signed_in: SignIn) -> None:
    """Behaviour 70: RTL."""
    talk = talk_with(people, "olga", "مرحبا، أين الطرد؟")
    send(people.mara, talk, "Their answer")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.evaluate("document.documentElement.dir = 'rtl'")
    own = screen.message(page, "مرحبا").locator(".b").bounding_box()
    theirs = screen.message(page, "Their answer").locator(".b").bounding_box()
    listed = page.locator(".list").bounding_box()
    assert own
    assert theirs
    assert listed
    assert own["x"] < theirs["x"] < listed["x"]
    expect(screen.message(page, "مرحبا").locator(".b")).to_have_attribute("dir", "auto")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_long_names_and_words_widen_no_page(people: People, signed_in: SignIn) -> None:
    """Behaviours 71 and 72: a name without spaces, a word longer than a phone is wide."""
    customer = make_customer(people.harbor, "Q" * 60)
    shopper, subject = viewer_of(customer), f"About {'w' * 116}"
    talk = start(people.olga, customer, subject)
    read(shopper, talk)
    wide = []
    for viewer, path in (
        (people.olga, screen.page_of(people.olga, talk)),
        (people.olga, f"{screen.page_of(people.olga, talk)}/m/1"),
        (people.ada, f"/admin/people?email={customer.email}"),
        (shopper, "/storefront/account"),
        (shopper, screen.page_of(shopper, talk)),
    ):
        page = signed_in(viewer, path)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if (more := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                wide.append(f"{path} is {more} px too wide at {width}")
    assert wide == []


def test_a_long_subject_can_be_read_in_the_open_thread(people: People, signed_in: SignIn) -> None:
    subject = "A subject with many words in it, " * 5
    talk = start(people.olga, people.mara_row, subject)
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    title = screen.heading(page, subject.strip())
    expect(page.locator("#rows .subj")).to_have_attribute("title", subject.strip())
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert title.evaluate("h1 => h1.scrollHeight <= h1.clientHeight")


def test_the_lines_of_a_mirrored_row_begin_at_one_edge(people: People, signed_in: SignIn) -> None:
    """Behaviour 70: each text in its own direction, also the subject of a row."""
    customer = make_customer(people.harbor, "ليلى حداد")
    talk = start(people.olga, customer, "طلب رقم 2088")
    send(viewer_of(customer), talk, "شكراً جزيلاً")
    page = signed_in(people.olga)
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => (document.documentElement.dir = direction)", direction)
        for line in (".who", ".subj", ".snip"):
            assert page.locator(line).evaluate("e => getComputedStyle(e).direction") == "rtl", line
            assert page.locator(line).evaluate("e => getComputedStyle(e).textAlign") == "start", line
