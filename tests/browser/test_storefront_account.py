"""The customer's account with JavaScript: the card, the list, the thread and the answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import close, send, start
from tests.people import People

pytestmark = pytest.mark.browser

LIST = "/storefront/account/messages"


def test_the_account_has_a_card_with_the_unread_count(people: People, context: BrowserContext) -> None:
    start(people.olga, people.mara_row, "Late parcel", "It is late")
    page = context.new_page()
    page.goto("/storefront/login?store=harbor-goods")
    expect(page.get_by_role("heading", name="Sign in to Harbor Goods")).to_be_visible()
    screen.fill_sign_in(page, people.mara)
    expect(page).to_have_url(re.compile("/storefront/account$"))
    expect(page).to_have_title("(1) My account – Harbor Goods")
    page.get_by_role("main").get_by_role("link", name=re.compile("Messages 1 unread")).click()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    expect(screen.row(page, "Late parcel")).to_contain_text("1 unread")


def test_a_conversation_opens_in_place_and_offers_neither_close_nor_compose(people: People, signed_in: SignIn) -> None:
    start(people.olga, people.mara_row, "Late parcel", "It is late")
    page = signed_in(people.mara)
    screen.row(page, "Late parcel").click()
    expect(screen.heading(page, "Late parcel")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"{LIST}/\d+$"))
    expect(screen.row(page, "Late parcel")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("textbox", name="Reply to Harbor Goods")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("conversation"))).to_have_count(0)


def test_status_narrows_the_list_and_back_undoes_it(people: People, signed_in: SignIn) -> None:
    start(people.olga, people.mara_row, "Late parcel")
    close(people.olga, start(people.olga, people.mara_row, "Long over"))
    page = signed_in(people.mara)
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel")])
    screen.choose(page, "Status", "Closed")
    expect(screen.rows(page)).to_have_text([re.compile("Long over")])
    expect(page).to_have_url(re.compile(r"\?status=closed$"))
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel")])
    expect(page.get_by_role("combobox", name="Status")).to_have_value("open")


def test_a_closed_conversation_can_be_read_and_not_answered(people: People, signed_in: SignIn) -> None:
    talk = close(people.olga, start(people.olga, people.mara_row, "Long over", "Goodbye"))
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    expect(screen.message(page, "Goodbye")).to_be_visible()
    expect(page.get_by_text("You can no longer answer it.")).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("Reply"))).to_have_count(0)
    expect(page.get_by_role("button", name="Reopen conversation")).to_have_count(0)


def test_an_answer_appears_once_and_moves_the_row_up(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    start(people.olga, people.mara_row, "A newer one")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    assert screen.subjects(page) == ["A newer one", "Late parcel"]
    screen.reply_box(page).fill("Thank you")
    screen.reply_box(page).press("Control+Enter")
    expect(screen.message(page, "Thank you")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")
    expect(screen.reply_box(page)).to_be_focused()
    expect(screen.rows(page).first).to_contain_text("You: Thank you")


@pytest.mark.usefixtures("without_stream")
def test_text_typed_before_a_conversation_was_closed_is_kept(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(409)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    screen.reply_box(page).fill("I have a question")
    close(people.olga, talk)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("closed")
    expect(screen.reply_box(page)).to_have_value("I have a question")


def test_the_email_switch_and_mark_unread_are_in_the_menu(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    expect(screen.badge(page)).to_be_hidden()
    switch = page.get_by_role("switch", name="Email me about new messages")
    screen.open_menu(page)
    switch.click()
    expect(switch).not_to_be_checked()
    page.get_by_role("button", name="Mark unread").click()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    expect(screen.badge(page)).to_have_text("1")


def test_the_platform_writes_under_its_display_name(people: People, signed_in: SignIn) -> None:
    talk = start(people.ada, people.mara_row, "About your account", "We looked into it")
    send(people.mara, talk, "Thanks")
    page = signed_in(people.mara)
    expect(screen.row(page, "About your account")).to_contain_text("Platform support")
    screen.row(page, "About your account").click()
    expect(screen.message(page, "We looked into it")).to_contain_text("Platform support")
    expect(page.get_by_text("Ada")).to_have_count(0)


def test_signing_out_leads_back_to_the_same_store(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.mara)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Harbor Goods")).to_be_visible()
