"""The platform's inbox with JavaScript: its filters, writing to stores and customers, and the settings."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import send, start
from tests.people import People

pytestmark = pytest.mark.browser

NEW = "/admin/messages/new"


def fill_message(page: Page, subject: str = "Your shop", text: str = "How is it going?") -> None:
    page.get_by_role("textbox", name="Subject").fill(subject)
    page.get_by_role("textbox", name="Message", exact=True).fill(text)


def press_send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def test_the_sidebar_leads_to_the_inbox(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.ada, "/admin")
    expect(page.get_by_role("heading", name="Platform Administration")).to_be_visible()
    page.get_by_role("navigation", name=re.compile("^(?!Main)")).get_by_role("link", name="Messages").click()
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()


def test_filters_by_channel_store_and_unread_and_the_team_view(people: People, signed_in: SignIn) -> None:
    to_store = start(people.ada, (people.olga_row, people.harbor), "To Harbor")
    start(people.ada, people.nina_row, "To Nina")
    start(people.ben, people.tea, "Of Ben")
    send(people.olga, to_store, "An answer")
    page = signed_in(people.ada)
    expect(screen.rows(page)).to_have_count(2)
    screen.choose(page, "Channel", "Customers")
    expect(screen.rows(page)).to_have_text([re.compile("To Nina")])
    screen.choose(page, "Channel", "All")
    expect(screen.rows(page)).to_have_count(2)
    screen.choose(page, "Store", "Harbor Goods")
    expect(screen.rows(page)).to_have_text([re.compile("To Harbor")])
    expect(page).to_have_url(re.compile(rf"\?store={people.harbor.id}$"))
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(page.get_by_role("combobox", name="Store")).to_have_value("")
    expect(screen.rows(page)).to_have_count(2)
    page.get_by_role("checkbox", name="Unread only").check()
    expect(screen.rows(page)).to_have_text([re.compile("To Harbor")])
    page.get_by_role("checkbox", name="Unread only").uncheck()
    page.get_by_role("tab", name="Team").click()
    expect(screen.rows(page)).to_have_count(3)
    page.get_by_role("tab", name="Mine").click()
    expect(screen.rows(page)).to_have_count(2)


def test_a_conversation_is_answered_closed_and_reopened(people: People, signed_in: SignIn) -> None:
    start(people.ada, people.harbor, "To Harbor", "Welcome")
    page = signed_in(people.ada)
    screen.row(page, "To Harbor").click()
    expect(screen.heading(page, "To Harbor")).to_be_focused()
    expect(page).to_have_title("To Harbor – Messages – Marketplace Admin")
    expect(page.get_by_role("textbox", name="Reply to Harbor Goods")).to_be_visible()
    screen.reply_with(page, "One more thing")
    expect(screen.message(page, "One more thing")).to_have_count(1)
    page.get_by_role("button", name="Close conversation").click()
    expect(page.get_by_role("button", name="Reopen conversation")).to_be_visible()
    expect(screen.rows(page)).to_have_count(0)
    page.get_by_role("button", name="Reopen conversation").click()
    expect(screen.reply_box(page)).to_be_visible()


def test_a_customer_is_chosen_with_the_mouse(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.ada)
    page.get_by_role("button", name="New conversation").click()
    expect(page).to_have_url(re.compile(NEW))
    page.wait_for_load_state()  # before that nothing moves the focus
    page.get_by_role("radio", name="A customer").check()
    box = page.get_by_role("combobox", name="Recipient")
    expect(box).to_be_focused()
    box.press_sequentially("nin")
    option = page.get_by_role("option", name=re.compile("Nina Tran"))
    expect(page.get_by_role("option")).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    option.click()
    expect(box).to_have_value("Nina Tran")
    expect(page.get_by_role("listbox", name="Recipients")).to_be_hidden()
    fill_message(page)
    press_send(page)
    expect(screen.heading(page, "Your shop")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/admin/messages/\d+$"))
    expect(page.get_by_text("With Nina Tran of Tea Corner")).to_be_visible()


def test_a_store_user_is_chosen_with_the_arrow_keys(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.ada, NEW)
    box = page.get_by_role("combobox", name="Recipient")
    box.press_sequentially("a")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    box.fill("tom team")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "option-1")
    expect(page.get_by_role("option", name=re.compile("Tom Teaman"))).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("Tom Teaman")
    fill_message(page)
    press_send(page)
    expect(screen.heading(page, "Your shop")).to_be_visible()
    expect(page.get_by_role("textbox", name="Reply to Tea Corner")).to_be_visible()


def test_a_whole_store_is_chosen_and_all_its_people_take_part(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.ada, NEW)
    box = page.get_by_role("combobox", name="Recipient")
    box.press_sequentially("harbor")
    page.get_by_role("option", name="Harbor Goods The whole store").click()
    expect(box).to_have_value("Harbor Goods")
    fill_message(page)
    press_send(page)
    expect(screen.heading(page, "Your shop")).to_be_visible()
    for name in ("Olga Owner", "Sam Agent", "Wim Both"):
        expect(page.locator(".people")).to_contain_text(name)


def test_escape_closes_the_options_and_keeps_what_was_typed(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.ada, NEW)
    box = page.get_by_role("combobox", name="Recipient")
    box.press_sequentially("tea")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox", name="Recipients")).to_be_hidden()
    expect(box).to_have_value("tea")


def test_two_errors_are_summed_up_in_focus_and_keep_the_text(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(422)
    page = signed_in(people.ada, NEW)
    page.get_by_role("textbox", name="Message", exact=True).fill("A text that must stay")
    press_send(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(["Select who to write to", re.compile("subject")])
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value("A text that must stay")
    expect(page).to_have_title(re.compile("^Error: "))
    summary.get_by_role("link", name=re.compile("subject")).click()
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    expect(page.get_by_role("textbox", name="Subject")).to_have_attribute("aria-invalid", "true")


def test_settings_are_saved_and_a_wrong_one_is_named(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(422)
    page = signed_in(people.ada, "/admin/settings")
    name = page.get_by_role("textbox", name=re.compile("name", re.IGNORECASE))
    name.fill("The market team")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("saved", re.IGNORECASE))).to_be_visible()
    expect(name).to_have_value("The market team")
    name.fill("")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    page.goto("/admin/settings")
    expect(name).to_have_value("The market team")


def test_signing_out_of_the_platform_asks_to_sign_in_again(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.ada)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/admin/login$"))
    page.goto("/admin/messages")
    expect(page.get_by_role("heading", name="Sign in to Marketplace Admin")).to_be_visible()
