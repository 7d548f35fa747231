"""The thread: what it shows, to whom, which part of it, and what came after."""

from __future__ import annotations

import re

import pytest

from tests.factories import change_settings, close, read, send, start
from tests.portals import pages
from tests.portals.fixtures import inbox_of
from webapp.portals import display


def log(page):
    """The seqs of the messages on a page or piece, in order."""
    return [int(e.get("data-seq")) for e in pages.parse(page.text).iter("li") if e.get("data-seq")]


@pytest.fixture
def long(people):
    """A thread of 75 messages, half by each."""
    conversation = start(people.olga, people.mara_row, "Late parcel 1042", "Nr 1")
    for number in range(2, 76):
        send((people.olga, people.mara)[number % 2], conversation, f"Nr {number}")
    return conversation


def test_a_page_holds_the_newest_and_a_way_to_the_earlier(sign_in, people, long):
    browser = sign_in(people.olga)
    one = f"/store/messages/{long.id}"
    read(people.olga, long)

    newest = browser.get(one)
    assert log(newest) == list(range(46, 76))
    assert "Load earlier messages" in newest.text
    assert log(browser.get(f"{one}/_/messages?before=46", htmx=True)) == list(range(16, 46))
    assert log(browser.get(f"{one}?before=46")) == list(range(16, 46))
    first = browser.get(f"{one}/_/messages?before=16", htmx=True)
    assert log(first) == list(range(1, 16))
    assert "Start of conversation" in first.text
    assert log(browser.get(f"{one}?m=40")) == list(range(15, 66))


def test_a_page_begins_at_the_first_unread_when_the_newest_would_not_hold_it(sign_in, people, long):
    browser = sign_in(people.olga)
    one = f"/store/messages/{long.id}"
    read(people.olga, long, 21)

    opened = browser.get(one)
    assert log(opened) == list(range(17, 47))
    assert opened.text.index('id="m-22"') < opened.text.index("New messages") < opened.text.index('id="m-23"')
    assert "Load later messages" in opened.text
    assert log(browser.get(f"{one}/_/messages?later=46", htmx=True)) == list(range(47, 76))
    assert log(browser.get(f"{one}?after=46")) == list(range(47, 76))
    assert log(browser.get(f"{one}?latest=1")) == list(range(46, 76))
    read(people.olga, long, 40)
    assert log(browser.get(one)) == list(range(46, 76))


def test_what_came_after_is_added_and_nothing_is_204(sign_in, people, long):
    browser = sign_in(people.mara)
    piece = f"/storefront/account/messages/{long.id}/_/messages?after="
    browser.get(f"/storefront/account/messages/{long.id}")

    assert log(browser.get(f"{piece}73", htmx=True)) == [74, 75]
    nothing = browser.get(f"{piece}75", htmx=True)
    assert (nothing.status_code, nothing.data) == (204, b"")
    assert browser.get(f"{piece}{'9' * 20}", htmx=True).status_code == 204


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize("part", ["", "/_/thread", "/_/messages"])
@pytest.mark.parametrize("name", ["before", "after", "m", "status", "cursor"])
def test_no_address_breaks_a_thread(sign_in, people, who, part, name):
    viewer = getattr(people, who)
    conversation = start(people.ada, people.harbor) if who == "ada" else start(people.olga, people.mara_row)
    browser = sign_in(viewer)

    for value in ("", "0", "-1", "1", "9" * 20, "-" + "9" * 20, "x", "%00", "%ED%A0%80", "1.5", "١"):
        response = browser.get(f"{inbox_of(viewer)}/{conversation.id}{part}?{name}={value}", htmx=bool(part))
        assert response.status_code in {200, 204}, value


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize("number", ["0", "9" * 10, "9" * 18, str(2**63 - 1), str(2**63), "9" * 20, "9" * 200])
def test_no_number_is_a_500(sign_in, people, who, number):
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    browser.get(inbox_of(viewer))
    data = {"csrf_token": browser.csrf_token(), "body": "Hello"}

    for part in ("", "/_/thread", "/_/messages?after=1"):
        assert browser.get(f"{inbox_of(viewer)}/{number}{part}", htmx=bool(part)).status_code == 404
    for verb in ("messages", "read", "unread", "preferences", *(() if who == "mara" else ("close", "reopen"))):
        assert browser.post(f"{inbox_of(viewer)}/{number}/{verb}", data=data).status_code == 404
    assert browser.get(f"{inbox_of(viewer)}/_/news?thread={number}&badge=0").status_code == 204


@pytest.mark.parametrize("number", ["-1", "1.0", "abc", "1%00", "%31%00", "null", "1/2"])
def test_what_is_no_number_is_404(sign_in, people, number):
    assert sign_in(people.olga).get(f"/store/messages/{number}").status_code == 404


def test_a_thread_says_who_and_where(sign_in, people, long):
    page = sign_in(people.olga).get(f"/store/messages/{long.id}")
    tree = pages.parse(page.text)

    assert pages.text_of(pages.by_id(tree, "thread-title")) == "Late parcel 1042"
    assert pages.by_id(tree, "log").get("role") == "log"
    assert "Reply to Mara Lind" in pages.text_of(tree)
    assert "Close conversation" in page.text


def test_the_divider_stands_before_the_first_unread(sign_in, people):
    conversation = start(people.olga, people.mara_row, text="One")
    send(people.mara, conversation, "Two")
    read(people.olga, conversation)
    send(people.mara, conversation, "Three")
    page = sign_in(people.olga).get(f"/store/messages/{conversation.id}")
    lines = pages.parse(page.text).iter("li")
    order = [e.get("id", "divider") for e in lines if e.get("id", "").startswith("m-") or e.get("class") == "new"]

    assert order == ["m-1", "m-2", "divider", "m-3"]
    read(people.olga, conversation)
    assert "New messages" not in sign_in(people.olga).get(f"/store/messages/{conversation.id}").text


def test_a_thread_outside_the_filter_is_shown_beside_the_filtered_list(sign_in, people):
    close(people.olga, start(people.olga, people.mara_row, "Closed parcel"))
    start(people.olga, people.mara_row, "Open parcel")
    page = sign_in(people.olga).get("/store/messages/1?q=open")

    assert pages.text_of(pages.by_id(pages.parse(page.text), "thread-title")) == "Closed parcel"
    assert 'id="row-1"' not in page.text
    assert 'id="row-2"' in page.text


def test_stores_and_customers_see_the_platforms_name(sign_in, people):
    change_settings(platform_display_name="The Bazaar")
    to_store, to_customer = start(people.ada, people.harbor), start(people.ada, people.mara_row)

    for browser, path in (
        (sign_in(people.olga), f"/store/messages/{to_store.id}"),
        (sign_in(people.mara), f"/storefront/account/messages/{to_customer.id}"),
    ):
        text = browser.get(path).text
        assert "The Bazaar" in text
        assert "Ada" not in text


def test_a_customer_sees_no_address_and_no_close(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    text = sign_in(people.mara).get(f"/storefront/account/messages/{conversation.id}").text

    assert "Olga Owner" in text
    assert people.olga.email not in text
    assert "Close conversation" not in text
    assert "/close" not in text


def test_markup_in_a_message_is_text_and_links_are_links(sign_in, people):
    evil = '<script>alert(1)</script> {{ 7*7 }} https://example.com/?a=1&b="2" javascript:alert(1)'
    conversation = start(people.olga, people.mara_row, "<b>Bold</b>", evil)
    text = sign_in(people.mara).get(f"/storefront/account/messages/{conversation.id}").text

    assert "<script>alert" not in text
    assert "<b>Bold" not in text
    assert "{{ 7*7 }}" in text
    assert 'href="https://example.com/?a=1&amp;b=' in text
    assert 'href="javascript' not in text


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("see http://a.example/x, (https://b.example/y_(z)) and\nmailto:mara@example.com.", 3),
        ("HTTPS://A.example", 1),
        ("http://a.example,http://b.example", 2),
        ("https://web.example/2020/http://old.example/x", 1),
        ("ftp://a.example //b.example c.example mara@example.com javascript:alert(1)", 0),
        ("https://a.example/" + "x" * 2000, 1),
        ("https://a.example/" + "x" * 2100, 0),
        ("x" * 2100 + "\u3000https://a.example", 1),
        ("http://a/[" * 20, 20),
        ("http://a/[" * 21, 0),
    ],
)
def test_what_becomes_a_link(typed, links):
    html = display.linked(typed)

    assert html.count("<a href=") == links
    assert html.striptags() == " ".join(typed.split())


@pytest.mark.parametrize("unit", ["http://a/[", "http://a/,", 'HTTP://a/"', "mailto:a", "http://a/[ ", "x", "x ", "@"])
def test_looking_for_links_is_little_work_whatever_was_typed(monkeypatch, unit):
    looked_at = []
    match = display._linkify.match

    def counted(text):
        looked_at.append((len(text), len(re.findall("http|mailto", text, re.IGNORECASE))))
        return match(text)

    monkeypatch.setattr(display._linkify, "match", counted)
    text = (unit * 10_000)[:10_000]
    for filled in (text, f"{(unit * 20)[:200]}{'x' * 1800} " * 5):
        looked_at.clear()
        assert display.linked(filled).striptags() == " ".join(filled.split())
        assert all(length <= 2048 for length, _ in looked_at)
        assert sum(length * links for length, links in looked_at) <= 20 * 10_000


def test_a_piece_without_htmx_leads_to_its_page(sign_in, people, long):
    browser = sign_in(people.olga)
    one = f"/store/messages/{long.id}"

    assert browser.get(f"{one}/_/thread?status=all").location == f"{one}?status=all"
    assert browser.get(f"{one}/_/messages?before=46").location == f"{one}?before=46"
    assert browser.get(f"{one}/_/messages?after=46").location == one


def test_a_thread_that_is_not_there_says_so_in_the_panel(sign_in, people):
    browser = sign_in(people.olga)
    browser.get("/store/messages")
    piece = browser.get("/store/messages/77/_/thread", htmx=True)

    assert piece.status_code == 404
    assert "You cannot open this conversation" in piece.text
    assert 'id="thread"' in piece.text
