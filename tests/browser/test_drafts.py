"""Drafts: kept while typing, back after a reload, in another tab and another browser, and never after the send."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.factories import keep_draft, start
from tests.people import People
from webapp.accounts.viewer import Viewer

pytestmark = pytest.mark.browser


def is_saved(page: Page) -> None:
    expect(page.get_by_text("Draft saved", exact=True)).to_be_visible()


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_draft_is_back_after_a_reload_in_another_tab_and_in_another_browser(
    people: People, signed_in: SignIn, new_context: Callable[..., BrowserContext], name: str
) -> None:
    """Behaviour 25: Drafts per thread, autosave."""
    viewer: Viewer = getattr(people, name)
    talk = start(people.ada if name == "ada" else people.olga, people.mara_row, "Late parcel")
    path = screen.page_of(viewer, talk)
    page = signed_in(viewer, path)
    expect(page.get_by_text("Draft restored")).to_be_hidden()
    screen.reply_box(page).press_sequentially("Half a sentence")
    is_saved(page)
    other = screen.sign_in(new_context().new_page(), viewer, path)
    for again in (page, page.context.new_page(), other):
        again.goto(path)
        expect(screen.reply_box(again)).to_have_value("Half a sentence")
        expect(again.get_by_text("Draft restored")).to_be_visible()
    other.get_by_role("button", name="Clear").click()
    expect(screen.reply_box(other)).to_have_value("")
    expect(screen.reply_box(other)).to_be_focused()
    expect(other.get_by_text("Draft restored")).to_be_hidden()
    expect(other.locator(".row .draft")).to_have_count(0)
    page.reload()
    expect(screen.reply_box(page)).to_have_value("")


def test_what_the_server_could_not_take_yet_is_back_from_this_browser(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviour 25: Drafts per thread, before the autosave."""
    watch.allow_lost_requests()
    talk = start(people.olga, people.mara_row, "Late parcel")
    path = screen.page_of(people.olga, talk)
    page = signed_in(people.olga, path)
    page.route("**/draft", lambda route: route.abort())
    screen.reply_box(page).fill("Not on the server")
    page.reload()
    expect(screen.reply_box(page)).to_have_value("Not on the server")
    expect(page.get_by_text("Draft restored")).to_be_visible()
    page.unroute("**/draft")
    page.reload()
    is_saved(page)
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_row_says_that_there_is_a_draft(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 26: Draft visible in list."""
    viewer: Viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    start(author, people.mara_row, "The other one")
    talk = start(author, people.mara_row, "Late parcel")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    screen.reply_box(page).fill("Half a sentence")
    screen.row(page, "The other one").click()
    expect(screen.heading(page, "The other one")).to_be_visible()
    page.mouse.move(900, 400)  # a list under the pointer waits before it changes
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text(re.compile("^Draft: Half a sentence"))
    screen.row(page, "Late parcel").click()
    expect(screen.reply_box(page)).to_have_value("Half a sentence")
    screen.reply_box(page).press_sequentially(" more")
    expect(screen.reply_box(page)).to_have_value("Half a sentence more")
    page.mouse.move(900, 400)
    screen.reply_with(page, "A whole one")
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("You: A whole one")


def test_a_draft_stays_away_after_a_slow_send(people: People, signed_in: SignIn) -> None:
    """Behaviour 27: Draft does not resurrect after send."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    path = screen.page_of(people.olga, talk)
    keep_draft(people.olga, talk, "Older")
    page = signed_in(people.olga, path)

    def slowly(route: Route) -> None:
        time.sleep(0.8)
        route.continue_()

    page.route("**/messages/*/messages", slowly)
    screen.reply_box(page).fill("It is on its way")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("You: It is on its way")
    page.goto(path)
    expect(screen.message(page, "It is on its way")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")
    expect(page.get_by_text("Draft restored")).to_be_hidden()


def test_signing_out_takes_what_this_browser_kept(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow_lost_requests()
    watch.allow(401)  # what the page still asks for between signing out and leaving
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.route("**/draft", lambda route: route.abort())
    screen.reply_box(page).fill("Private")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0
