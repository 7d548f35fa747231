"""The list: filters, search, pages, and addresses that are read leniently; what one may not see is never in it."""

from __future__ import annotations

import pytest

from tests.backends import engine_of
from tests.factories import close, read, send, start
from tests.messaging.bulk_rows import fill
from tests.portals import pages
from webapp.database import WRITING

INBOXES = {"ada": "/admin/messages", "olga": "/store/messages", "mara": "/storefront/account/messages"}


def subjects(page):
    """The subjects on a page or piece, in order."""
    tree = pages.parse(page.text)
    return [pages.text_of(e) for e in tree.iter("span") if e.get("class") == "subj"]


def count(page):
    return pages.text_of(pages.by_id(pages.parse(page.text), "list-count")).removesuffix(" Clear filters")


@pytest.fixture
def four(people):
    """One open, one closed, one of the platform and one of a colleague's, all of Harbor Goods."""
    start(people.olga, people.mara_row, "Open parcel")
    close(people.olga, start(people.olga, people.luis_row, "Closed parcel"))
    start(people.ada, people.harbor, "Payout schedule")
    start(people.sam, people.mara_row, "Sams teapot")


@pytest.mark.parametrize("piece", [False, True])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Payout schedule", "Open parcel"]),
        ("?status=closed", ["Closed parcel"]),
        ("?status=all", ["Payout schedule", "Closed parcel", "Open parcel"]),
        ("?scope=team", ["Sams teapot", "Payout schedule", "Open parcel"]),
        ("?scope=team&status=all&type=store_customer", ["Sams teapot", "Closed parcel", "Open parcel"]),
        ("?type=admin_store", ["Payout schedule"]),
        ("?unread=1", ["Payout schedule"]),
        ("?q=PARCEL&status=all", ["Closed parcel", "Open parcel"]),
        ("?q=luis&status=all", ["Closed parcel"]),
        ("?q=zzz", []),
        ("?q=%25", []),
        ("?status=nonsense&type=admin_customer&scope=all&unread=yes&store=2", ["Payout schedule", "Open parcel"]),
    ],
)
def test_filters(sign_in, people, four, query, found, piece):
    browser = sign_in(people.olga)
    page = browser.get(f"/store/messages/_/rows{query}", htmx=True) if piece else browser.get(f"/store/messages{query}")

    assert subjects(page) == found
    assert count(page) == f"{len(found)} conversation{'' if len(found) == 1 else 's'}"


VALUES = ("", "%00", "a%00b", "%ED%A0%80", "%FF", "-1", "0", "9" * 20, "1e9", "%F0%9F%98%80", "'", "x" * 3000)


@pytest.mark.parametrize("who", ["ada", "mara"])
@pytest.mark.parametrize("name", ["scope", "status", "type", "store", "unread", "q", "cursor", "open", "before", "m"])
def test_no_address_breaks_the_list(sign_in, people, who, name):
    browser = sign_in(getattr(people, who))

    for value in VALUES:
        rows = browser.get(f"{INBOXES[who]}/_/rows?scope=team&status=all&{name}={value}", htmx=True)
        assert rows.status_code == 200, value
    for value in ("a%00b%ED%A0%80", "9" * 20):
        assert browser.get(f"{INBOXES[who]}?{name}={value}").status_code == 200, value


def test_pages_follow_each_other_without_a_gap(app, sign_in, people):
    with engine_of(app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        fill(connection, people, 180)
    browser = sign_in(people.olga)
    page = browser.get("/store/messages?scope=team&status=all")
    total, seen = int(count(page).split()[0]), subjects(page)
    while older := link(page, "Older"):
        page = browser.get(older)
        assert subjects(page), older
        assert link(page, "Newest") == "/store/messages?scope=team&status=all"
        seen += subjects(page)

    assert len(seen) == len(set(seen)) == total > 60


def link(page, words):
    tree = pages.parse(page.text)
    return next((e.get("href") for e in tree.iter("a") if pages.text_of(e) == words), None)


def test_a_cursor_is_its_viewers_and_its_filters_own(app, sign_in, people):
    with engine_of(app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        fill(connection, people, 240)
    own, colleague = sign_in(people.olga), sign_in(people.sam)
    first = own.get("/store/messages?scope=team")
    older = link(first, "Older")
    assert subjects(own.get(older)) != subjects(first)

    assert subjects(colleague.get(older)) == subjects(colleague.get("/store/messages?scope=team"))
    assert subjects(own.get(older.replace("scope=team", "scope=team&status=all"))) == subjects(
        own.get("/store/messages?scope=team&status=all")
    )
    assert subjects(own.get(older[:-3] + "abc")) == subjects(first)


def test_an_admin_narrows_to_a_store(sign_in, people):
    start(people.ada, people.harbor, "To the harbor")
    start(people.ada, people.tea, "To the tea")
    start(people.ada, people.nina_row, "To Nina")
    browser = sign_in(people.ada)

    assert subjects(browser.get(f"/admin/messages?store={people.harbor.id}")) == ["To the harbor"]
    assert subjects(browser.get(f"/admin/messages?store={people.tea.id}")) == ["To Nina", "To the tea"]
    assert subjects(browser.get("/admin/messages?store=999")) == []


def test_a_row_says_who_which_channel_and_how_many_are_unread(sign_in, people):
    conversation = start(people.olga, people.mara_row, "Late parcel", "First")
    send(people.mara, conversation, "Second")
    send(people.mara, conversation, "Third")
    row = pages.text_of(pages.by_id(pages.parse(sign_in(people.olga).get("/store/messages").text), "row-1"))

    assert all(words in row for words in ("Mara Lind", "Late parcel", "Customer", "Third", "2 unread"))


def test_an_inbox_is_a_persons_own(sign_in, people):
    conversation = start(people.ada, people.harbor)
    read(people.olga, conversation)

    assert subjects(sign_in(people.olga).get("/store/messages?unread=1")) == []
    assert subjects(sign_in(people.sam).get("/store/messages?unread=1")) == ["Order 1042"]


def test_a_customer_has_no_scope_and_no_channel(sign_in, people):
    start(people.olga, people.mara_row, "For Mara")
    start(people.olga, people.luis_row, "For Luis")
    page = sign_in(people.mara).get("/storefront/account/messages?scope=team&status=all")

    assert subjects(page) == ["For Mara"]
    assert all(words not in page.text for words in ("New conversation", "Team", "Channel", "Luis"))


def test_an_empty_inbox_says_what_to_do(sign_in, people):
    assert "No messages yet" in sign_in(people.olga).get("/store/messages").text
    assert "No conversations match" in sign_in(people.olga).get("/store/messages?q=late").text
    assert "Start one with a customer or a store" in sign_in(people.ada).get("/admin/messages?scope=team").text


def test_a_piece_without_htmx_leads_to_its_page(sign_in, people):
    response = sign_in(people.olga).get("/store/messages/_/rows?status=all&q=late")

    assert (response.status_code, response.location) == (303, "/store/messages?status=all&q=late")


def test_the_list_beside_a_thread_keeps_the_threads_address(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    browser = sign_in(people.olga)
    browser.get(f"/store/messages/{conversation.id}")
    rows = browser.get("/store/messages/_/rows?status=all", htmx=True)

    assert rows.headers["HX-Push-Url"] == f"/store/messages/{conversation.id}?status=all"
    assert 'aria-current="true"' in rows.text
    live = browser.get("/store/messages/_/rows?status=all&live=1", htmx=True)
    assert "HX-Push-Url" not in live.headers
