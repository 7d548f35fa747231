"""The roles and names that people, screen readers and tests from outside rely on, page by page; they never change."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screen
from tests.browser.conftest import SignIn
from tests.factories import close, send, start
from tests.people import People

pytestmark = pytest.mark.browser


def assert_header(page: Page, unread: int) -> None:
    """The link with the badge, and the way out, stand on every page of somebody signed in."""
    name = f"Messages, {unread} unread" if unread else "Messages"
    link = page.get_by_role("banner").get_by_role("link", name=name, exact=True)
    expect(link).to_be_visible()
    badge = link.get_by_test_id("unread-badge")
    if unread:
        expect(badge).to_have_text(str(unread))
    else:
        expect(badge).to_be_hidden()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def assert_sidebar(page: Page, heading: str) -> None:
    title = page.get_by_role("heading", name=heading, exact=True)
    expect(title).to_be_visible()
    inside = page.get_by_role("navigation").filter(has=title)
    expect(inside.get_by_role("link", name=re.compile("^Messages"))).to_be_visible()


def assert_list(page: Page, channels: list[str], has_scopes: bool = True) -> None:
    expect(page.get_by_role("list", name="Conversations")).to_be_visible()
    assert page.get_by_role("combobox", name="Status").get_by_role("option").all_inner_texts() == [
        "Open",
        "Closed",
        "All",
    ]
    if has_scopes:
        expect(page.get_by_role("searchbox", name="Search messages")).to_be_visible()
        found = page.get_by_role("combobox", name="Channel").get_by_role("option").all_inner_texts()
        assert set(channels) <= set(found)
        for tab in ("Mine", "Team"):
            expect(page.get_by_role("tab", name=tab)).to_be_visible()
        expect(page.get_by_label("Unread only")).to_be_visible()
        expect(page.get_by_role("button", name="New conversation")).to_be_visible()


def assert_thread(page: Page, subject: str, receiver: str, may_close: bool = True) -> None:
    expect(screen.heading(page, subject)).to_be_visible()
    expect(page.get_by_role("log", name="Messages")).to_be_visible()
    expect(page.get_by_role("textbox", name=f"Reply to {receiver}")).to_be_visible()
    expect(page.get_by_label("Attach files")).to_have_attribute("type", "file")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Close conversation")).to_have_count(int(may_close))
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("button", name="Mark unread")).to_be_visible()
    expect(page.get_by_role("switch", name="Email me about new messages")).to_be_visible()


def assert_compose(page: Page) -> None:
    expect(page.get_by_role("combobox", name="Recipient")).to_be_visible()
    for name in ("Subject", "Message"):
        expect(page.get_by_role("textbox", name=name, exact=True)).to_be_visible()
    expect(page.get_by_label("Attach files")).to_have_attribute("type", "file")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_the_platform(people: People, signed_in: SignIn) -> None:
    talk = start(people.ada, people.harbor, "Your shop", "Welcome")
    send(people.olga, talk, "Thanks")
    page = signed_in(people.ada, "/admin")
    assert_header(page, 1)
    assert_sidebar(page, "Platform Administration")
    page.goto("/admin/messages")
    assert_header(page, 1)
    assert_list(page, ["Stores", "Customers", "All"])
    expect(page.get_by_role("combobox", name="Store")).to_be_visible()
    row = screen.row(page, "Your shop")
    for part in ("Harbor Goods", "Store", "Thanks", "1 unread"):
        expect(row).to_contain_text(part)
    page.goto(screen.page_of(people.ada, talk))
    assert_thread(page, "Your shop", "Harbor Goods")
    page.goto("/admin/messages/new")
    assert_compose(page)
    for side in ("A store", "A customer"):
        expect(page.get_by_role("radio", name=side)).to_be_visible()


def test_a_store(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel 1042", "Where is it?")
    for text in ("One", "Two", "Three"):
        send(people.mara, talk, text)
    page = signed_in(people.olga, "/store")
    assert_header(page, 3)
    assert_sidebar(page, "Sales")
    page.goto("/store/messages")
    assert_list(page, ["Customers", "All"])
    page.goto(screen.page_of(people.olga, talk))
    expect(page).to_have_title("(3) Late parcel 1042 – Messages – Harbor Goods")
    assert_thread(page, "Late parcel 1042", "Mara Lind")
    page.goto("/store/messages/new")
    assert_compose(page)
    close(people.olga, talk)
    page.goto(screen.page_of(people.olga, talk))
    expect(page.get_by_role("button", name="Reopen conversation")).to_be_visible()
    expect(page.get_by_role("button", name="Close conversation")).to_have_count(0)


def test_a_customer(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel", "Where is it?")
    page = signed_in(people.mara, "/storefront/account")
    assert_header(page, 1)
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("Messages"))).to_contain_text("1")
    page.goto("/storefront/account/messages")
    assert_list(page, [], has_scopes=False)
    expect(page.get_by_role("button", name="New conversation")).to_have_count(0)
    page.goto(screen.page_of(people.mara, talk))
    assert_thread(page, "Late parcel", "Harbor Goods", may_close=False)
    expect(page.get_by_role("button", name="Reopen conversation")).to_have_count(0)
