"""Closing with undo, and closing to go on, in the portals that may close."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import STAFF, SignIn
from tests.browser.talks import send_many
from tests.factories import close, messaging, read, saving, start
from tests.people import People

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", STAFF)
def test_a_close_can_be_undone_from_its_toast(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 48: Close and reopen with undo, without taking the focus away."""
    viewer = getattr(people, name)
    talk = start(viewer, people.mara_row, "Late parcel")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    page.get_by_role("button", name="Close conversation").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Conversation closed.")
    assert int(toast.get_attribute("data-lasts") or 0) >= 8000
    expect(screen.heading(page, "Late parcel")).to_be_focused()
    expect(screen.message(page, "Closed by you")).to_have_count(1)
    expect(page.get_by_role("button", name="Reopen conversation")).to_be_visible()
    toast.get_by_role("button", name="Undo").click()
    expect(screen.message(page, "Reopened by you")).to_have_count(1)
    expect(screen.reply_box(page)).to_be_visible()
    expect(screen.row(page, "Late parcel")).to_have_count(1)
    expect(page.locator(".toast")).to_have_text(re.compile("Conversation reopened"))
    expect(screen.heading(page, "Late parcel")).to_be_focused()


def test_a_close_waits_for_the_replies_that_are_on_their_way(people: People, signed_in: SignIn) -> None:
    """Behaviour 48: who sends and closes at once has sent: the close is asked for after the reply was answered."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page, held, closing = signed_in(people.olga, screen.page_of(people.olga, talk)), [], []
    page.route(re.compile(r"/messages/\d+/messages$"), lambda route: held.append(route))  # noqa: PLW0108 - playwright marks it
    page.on("request", lambda request: closing.append(request) if request.url.endswith("/close") else None)
    screen.reply_with(page, "One more thing")
    expect(page.locator(".pending")).to_have_count(1)
    page.get_by_role("button", name="Close conversation").click()
    page.wait_for_timeout(300)
    assert closing == []
    held.pop().continue_()
    expect(screen.message(page, "Closed by you")).to_have_count(1)
    expect(screen.message(page, "One more thing")).to_have_count(1)
    expect(page.locator(".pending, .failed")).to_have_count(0)
    expect(page.get_by_role("button", name="Reopen conversation")).to_be_visible()


def test_closing_and_going_on_opens_the_next_row_and_undo_leaves_it_open(people: People, signed_in: SignIn) -> None:
    """Behaviour 50: Close and next."""
    for subject in ("Third", "Second", "First"):
        start(people.olga, people.mara_row, subject)
    page = signed_in(people.olga, "/store/messages?type=store_customer")
    screen.row(page, "Second").click()
    expect(screen.heading(page, "Second")).to_be_focused()
    screen.open_menu(page)
    page.get_by_role("button", name="Close and open the next").click()
    expect(screen.heading(page, "Third")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/store/messages/\d+\?type=store_customer$"))
    expect(page).to_have_title(re.compile("^Third – "))
    expect(screen.row(page, "Second")).to_have_count(0)
    expect(screen.row(page, "Third")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Undo").click()
    expect(screen.row(page, "Second")).to_have_count(1)
    expect(screen.heading(page, "Third")).to_be_visible()
    page.keyboard.press("n")
    expect(screen.heading(page, "First")).to_be_focused()
    page.keyboard.press("n")
    expect(screen.heading(page, "Second")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="No conversation open")).to_be_visible()


@pytest.mark.parametrize("name", ["olga", "mara"])
def test_a_close_by_somebody_else_keeps_what_one_writes_and_says_so(
    people: People, signed_in: SignIn, name: str
) -> None:
    """Behaviour 49: Closed thread, while one writes; after a reopen text and files are there."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(getattr(people, name), screen.page_of(getattr(people, name), talk))
    expect(page.locator("body")).to_have_attribute("data-live", "on")
    page.get_by_label("Attach files").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"A"}])
    screen.reply_box(page).fill("Half a sentence")
    close(people.sam, talk)
    expect(page.locator(".closed-note")).to_contain_text("Your text is kept.")
    expect(screen.heading(page, "Late parcel")).to_be_focused()
    with saving():
        messaging.reopen_conversation(people.sam, talk.id)
    expect(screen.reply_box(page)).to_have_value("Half a sentence")
    expect(page.get_by_role("list", name="Chosen files").get_by_role("listitem")).to_have_text(re.compile("a.txt"))
    screen.reply_box(page).press("Control+Enter")
    expect(page.get_by_role("link", name=re.compile("^a.txt"))).to_be_visible()


def test_a_close_is_no_new_message(people: People, signed_in: SignIn) -> None:
    """Behaviour 16: The button counts messages."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    send_many(people.mara, talk, 30)
    read(people.olga, talk)
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    expect(page.locator("body")).to_have_attribute("data-live", "on")
    screen.log(page).evaluate("log => { log.scrollTop = -400; }")
    close(people.sam, talk)
    expect(page.locator(".closed-note")).to_be_visible()
    expect(screen.log(page).locator(".event")).to_have_count(1)
    expect(page.get_by_text("1 new message")).to_have_count(0)
