"""The three portals with JavaScript switched off: everything can be done, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, STAFF, SignIn, Watch
from tests.browser.talks import send_many
from tests.factories import close, read, send, start
from tests.people import People

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": False}


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_message_is_opened_marked_read_and_answered_in_every_portal(
    people: People, signed_in: SignIn, name: str
) -> None:
    """Behaviour 66: JS off."""
    viewer = getattr(people, name)
    if name == "ada":
        talk = start(people.ada, (people.olga_row, people.harbor), "Late parcel")
        send(people.olga, talk, "What came in")
    else:
        talk = start(people.olga, people.mara_row, "Late parcel")
        send(people.mara if name == "olga" else people.olga, talk, "What came in")
    page = signed_in(viewer)
    expect(screen.badge(page)).to_have_text("2" if name == "mara" else "1")
    screen.row(page, "Late parcel").click()
    expect(page).to_have_url(re.compile(rf"/messages/{talk.id}$"))
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    expect(screen.row(page, "Late parcel")).to_have_attribute("aria-current", "true")
    expect(screen.message(page, "What came in")).to_be_visible()
    page.get_by_role("button", name="Mark as read").click()
    expect(screen.badge(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    screen.reply_with(page, "Answered without a script")
    expect(screen.message(page, "Answered without a script")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")
    expect(page).to_have_url(re.compile(r"#m-3$"))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_filters_wait_for_apply_and_search_for_enter(people: People, signed_in: SignIn, name: str) -> None:
    author = people.ada if name == "ada" else people.olga
    start(author, people.mara_row, "Late parcel")
    start(author, people.mara_row, "A refund")
    close(author, start(author, people.mara_row, "Long over"))
    page = signed_in(getattr(people, name))
    screen.choose(page, "Status", "Closed")
    expect(screen.rows(page)).to_have_count(2)
    page.get_by_role("button", name="Apply").click()
    expect(screen.rows(page)).to_have_text([re.compile("Long over")])
    expect(page).to_have_url(re.compile(r"status=closed"))
    screen.choose(page, "Status", "All")
    page.get_by_role("searchbox", name="Search messages").fill("refund")
    page.get_by_role("searchbox", name="Search messages").press("Enter")
    expect(screen.rows(page)).to_have_text([re.compile("A refund")])
    page.get_by_role("link", name="Clear filters").click()
    expect(screen.rows(page)).to_have_count(2)
    page.get_by_role("checkbox", name="Unread only").check()
    page.get_by_role("button", name="Apply").click()
    expect(screen.rows(page)).to_have_count(2 if name == "mara" else 0)


@pytest.mark.parametrize("name", STAFF)
def test_a_conversation_is_closed_and_reopened(people: People, signed_in: SignIn, name: str) -> None:
    viewer = getattr(people, name)
    talk = start(viewer, people.mara_row, "Late parcel")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    page.get_by_role("button", name="Close conversation").click()
    expect(page.get_by_text("This conversation is closed.")).to_be_visible()
    page.get_by_role("button", name="Reopen conversation").click()
    expect(screen.reply_box(page)).to_be_visible()
    expect(screen.message(page, "Closed by you")).to_have_count(1)


def test_mark_unread_and_the_email_switch_work_from_the_menu(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    screen.open_menu(page)
    page.get_by_role("switch", name="Email me about new messages").click()
    screen.open_menu(page)
    expect(page.get_by_role("switch", name="Email me about new messages")).not_to_be_checked()
    page.get_by_role("button", name="Mark unread").click()
    expect(page).to_have_url(re.compile("/storefront/account/messages$"))
    expect(screen.badge(page)).to_have_text("1")


def test_an_empty_reply_and_one_to_a_closed_thread_are_refused_with_the_text_kept(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(422, 409)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    screen.reply_with(page, " ")
    expect(page.get_by_role("alert")).to_contain_text("message")
    screen.reply_box(page).fill("My last question")
    close(people.olga, talk)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("closed")
    expect(page.get_by_role("textbox", name="Your text")).to_have_value("My last question")


def test_older_messages_are_a_link_away(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Long thread", "The very first")
    send_many(people.olga, talk, 119)
    read(people.mara, talk)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    expect(screen.message(page, "The very first")).to_have_count(0)
    for _ in range(4):
        if page.get_by_text("Start of conversation").count():
            break
        page.get_by_role("link", name="Load earlier messages").click()
    expect(screen.message(page, "The very first")).to_be_visible()
    expect(screen.reply_box(page)).to_be_visible()


def test_compose_finds_the_recipient_by_a_button(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.olga)
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("textbox", name="Subject").fill("A subject")
    page.get_by_role("textbox", name="Message", exact=True).fill("A text")
    page.get_by_role("combobox", name="Recipient").fill("mara")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("A subject")
    page.get_by_role("group", name="Choose who to write to").get_by_role("radio", name="Mara Lind").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.heading(page, "A subject")).to_be_visible()
    expect(screen.message(page, "A text")).to_have_count(1)


def test_compose_shows_every_error_and_keeps_everything(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(422)
    page = signed_in(people.ada, "/admin/messages/new")
    page.get_by_role("radio", name="A customer").check()
    page.get_by_role("combobox", name="Recipient").fill("a")
    page.get_by_role("textbox", name="Message", exact=True).fill("A text that must stay")
    page.get_by_role("button", name="Send", exact=True).click()
    links = page.get_by_role("alert").get_by_role("link")
    expect(links).to_have_text(["Choose who to write to from the list", re.compile("subject")])
    expect(page.get_by_role("radio", name="A customer")).to_be_checked()
    expect(page.get_by_role("combobox", name="Recipient")).to_have_value("a")
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value("A text that must stay")
    page.get_by_role("group", name="Choose who to write to").get_by_role("radio", name="Nina Tran").check()
    page.get_by_role("textbox", name="Subject").fill("Now complete")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.heading(page, "Now complete")).to_be_visible()


def test_a_store_user_switches_between_two_stores(people: People, signed_in: SignIn) -> None:
    start(people.wim_at_tea, people.nina_row, "At the tea shop")
    page = signed_in(people.wim_at_harbor)
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()
    page.get_by_role("link", name="Switch store").click()
    page.get_by_role("button", name="Tea Corner").click()
    page.get_by_role("banner").get_by_role("link", name="Messages").click()
    expect(screen.row(page, "At the tea shop")).to_be_visible()
    expect(page).to_have_title("Messages – Tea Corner")


@pytest.mark.parametrize("name", STAFF)
def test_nothing_is_offered_that_needs_a_script(people: People, signed_in: SignIn, name: str) -> None:
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "Late parcel")
    page = signed_in(author, screen.page_of(author, talk))
    expect(screen.reply_box(page)).to_be_visible()
    for words in ("Ctrl + Enter sends", "to see what single keys do", "Hear of new messages", "to move,"):
        expect(page.get_by_text(words)).to_be_hidden()


def test_the_zone_of_the_times_is_said(people: People, signed_in: SignIn) -> None:
    """Behaviour 14: without scripts the profile's zone, by name."""
    said = signed_in(people.olga).locator("#page-notice noscript p")
    expect(said).to_be_visible()
    assert said.inner_text() == "Time zone: UTC"


def test_a_refused_new_conversation_asks_for_its_files_again(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(422)
    page = signed_in(people.olga, "/store/messages/new")
    again = page.locator("noscript p").last
    assert "Choose your files again" not in page.content()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(again).to_be_visible()
    assert again.inner_text().startswith("Choose your files again")
    expect(page.locator("#error-summary")).to_be_focused()
