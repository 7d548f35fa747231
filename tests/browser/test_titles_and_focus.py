"""Title and focus after something changed: the count comes first, once, and the focus is never on the body."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.browser.test_sending import SENDS
from tests.factories import close, read, send, start
from tests.people import People

pytestmark = pytest.mark.browser


def test_the_count_comes_first_and_once_whatever_is_opened(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 11: Title count, beside a thread that is read, in a dialog, and (60) with errors."""
    watch.allow(422)
    talk = start(people.olga, people.luis_row, "Known")
    waiting = start(people.olga, people.mara_row, "Waiting")
    send(people.mara, waiting, "Hello?")
    read(people.olga, talk)
    page = signed_in(people.olga)
    page.wait_for_load_state()
    expect(page).to_have_title("(1) Messages – Harbor Goods")
    screen.row(page, "Known").click()
    expect(page).to_have_title("(1) Known – Messages – Harbor Goods")
    page.get_by_role("button", name="New conversation").click()
    dialog = page.get_by_role("dialog", name="New conversation")
    expect(page).to_have_title("(1) New conversation – Known – Messages – Harbor Goods")
    dialog.get_by_role("button", name="Send").click()
    expect(page).to_have_title("(1) Error: New conversation – Known – Messages – Harbor Goods")
    dialog.get_by_role("link", name="Cancel").click()
    expect(page).to_have_title("(1) Known – Messages – Harbor Goods")


def test_a_discarded_reply_leaves_the_focus_in_the_composer(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 23: Discard, while another text is written."""
    watch.allow_lost_requests()
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.route(SENDS, lambda route: route.abort())
    screen.reply_with(page, "The first")
    discard = screen.log(page).locator(".failed").get_by_role("button", name="Discard")
    screen.reply_box(page).fill("The next")
    discard.click()
    expect(screen.reply_box(page)).to_be_focused()
    expect(screen.reply_box(page)).to_have_value("The next")


def test_a_chip_that_is_removed_gives_the_focus_to_the_next(people: People, signed_in: SignIn) -> None:
    """Behaviour 39: Chips removable one by one, where no view is the current one."""
    talk = start(people.ada, people.harbor, "Payout")
    close(people.ada, talk)
    page = signed_in(people.olga, "/store/messages?status=closed&type=admin_store&unread=1")
    page.wait_for_load_state()
    chips = page.locator(".filter-chip")
    expect(chips).to_have_count(3)
    chips.first.focus()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(2)
    expect(chips.first).to_be_focused()


@pytest.mark.parametrize("way", ["menu", "key"])
def test_marking_unread_leads_to_the_heading_of_the_list_and_says_so(
    people: People, signed_in: SignIn, way: str
) -> None:
    """Behaviour 8: Mark unread."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    send(people.mara, talk, "Hello?")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.wait_for_load_state()
    if way == "key":
        page.keyboard.press("u")
    else:
        screen.open_menu(page)
        page.get_by_role("button", name="Mark unread").click()
    expect(page).to_have_url(re.compile("/store/messages$"))
    expect(page.get_by_role("heading", name="Conversations")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Marked unread")
