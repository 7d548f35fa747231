"""The store's inbox with JavaScript: the list, the thread and everything done in them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import close, read, send, start
from tests.people import People

pytestmark = pytest.mark.browser


def test_signing_in_leads_to_the_page_that_was_asked_for(people: People, context: BrowserContext) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel", "Where is it?")
    page = context.new_page()
    page.goto(screen.page_of(people.olga, talk))
    expect(page.get_by_role("heading", name="Sign in to your store")).to_be_visible()
    screen.fill_sign_in(page, people.olga)
    expect(page).to_have_url(re.compile(rf"/store/messages/{talk.id}$"))
    expect(screen.heading(page, "Late parcel")).to_be_visible()


def test_a_wrong_password_says_so_and_keeps_the_email(people: People, context: BrowserContext, watch: Watch) -> None:
    watch.allow(401)
    page = context.new_page()
    page.goto("/store/login")
    page.get_by_role("textbox", name="Email").fill(people.olga.email)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The email or the password is not right")
    expect(page.get_by_role("textbox", name="Email")).to_have_value(people.olga.email)


def test_a_click_opens_a_conversation_and_moves_url_title_mark_and_focus(people: People, signed_in: SignIn) -> None:
    start(people.olga, people.luis_row, "Other")
    talk = start(people.olga, people.mara_row, "Late parcel", "Where is it?")
    page = signed_in(people.olga)
    screen.row(page, "Late parcel").click()
    expect(screen.heading(page, "Late parcel")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"/store/messages/{talk.id}$"))
    expect(page).to_have_title("Late parcel – Messages – Harbor Goods")
    expect(screen.row(page, "Late parcel")).to_have_attribute("aria-current", "true")
    expect(screen.row(page, "Other")).not_to_have_attribute("aria-current", "true")
    expect(screen.message(page, "Where is it?")).to_be_visible()


def test_back_and_forward_walk_through_the_conversations_that_were_open(people: People, signed_in: SignIn) -> None:
    start(people.olga, people.luis_row, "First")
    start(people.olga, people.mara_row, "Second")
    page = signed_in(people.olga)
    screen.row(page, "First").click()
    expect(screen.heading(page, "First")).to_be_visible()
    screen.row(page, "Second").click()
    expect(screen.heading(page, "Second")).to_be_visible()
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(screen.heading(page, "First")).to_be_visible()
    expect(screen.row(page, "First")).to_have_attribute("aria-current", "true")
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_forward()
    expect(screen.heading(page, "Second")).to_be_visible()
    expect(page).to_have_title("Second – Messages – Harbor Goods")


def test_filters_narrow_the_list_follow_in_the_url_and_back_undoes_them(people: People, signed_in: SignIn) -> None:
    start(people.ada, (people.olga_row, people.harbor), "From the platform")
    close(people.olga, start(people.olga, people.luis_row, "Long over"))
    start(people.olga, people.mara_row, "Late parcel")
    start(people.sam, people.mara_row, "Of a colleague")
    page = signed_in(people.olga)
    expect(screen.rows(page)).to_have_count(2)
    screen.choose(page, "Status", "Closed")
    expect(screen.rows(page)).to_have_text([re.compile("Long over")])
    expect(page).to_have_url(re.compile(r"\?status=closed$"))
    screen.choose(page, "Status", "All")
    expect(screen.rows(page)).to_have_count(3)
    screen.choose(page, "Channel", "Platform")
    expect(screen.rows(page)).to_have_text([re.compile("From the platform")])
    expect(page).to_have_url(re.compile(r"\?status=all&type=admin_store$"))
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(screen.rows(page)).to_have_count(3)
    expect(page.get_by_role("combobox", name="Channel")).to_have_value("")
    screen.choose(page, "Status", "Open")
    page.get_by_role("checkbox", name="Unread only").check()
    expect(screen.rows(page)).to_have_text([re.compile("From the platform")])
    expect(page).to_have_url(re.compile(r"\?unread=1$"))
    page.get_by_role("link", name="Clear filters").click()
    expect(screen.rows(page)).to_have_count(2)
    page.get_by_role("tab", name="Team").click()
    expect(screen.rows(page)).to_have_count(3)
    expect(page).to_have_url(re.compile(r"\?scope=team$"))
    expect(page.get_by_role("tab", name="Team")).to_have_attribute("aria-selected", "true")


def test_filters_leave_the_open_conversation_and_what_is_typed_in_place(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    screen.reply_box(page).fill("Half a sentence")
    screen.choose(page, "Status", "Closed")
    expect(page.get_by_role("heading", name="No conversations match")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/store/messages/{talk.id}\?status=closed$"))
    expect(screen.reply_box(page)).to_have_value("Half a sentence")


def test_search_finds_by_subject_and_by_name_while_typing(people: People, signed_in: SignIn) -> None:
    start(people.olga, people.mara_row, "Late parcel 1042")
    start(people.olga, people.luis_row, "A refund")
    page = signed_in(people.olga)
    box = page.get_by_role("searchbox", name="Search messages")
    box.press_sequentially("1042")
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel 1042")])
    expect(page).to_have_url(re.compile(r"\?q=1042$"))
    expect(box).to_be_focused()
    box.fill("luis")
    expect(screen.rows(page)).to_have_text([re.compile("A refund")])
    box.fill("nothing at all")
    expect(page.get_by_role("heading", name="No conversations match")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("0 conversations")


def test_a_deep_link_shows_a_thread_that_the_filter_hides(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    start(people.olga, people.luis_row, "A refund")
    page = signed_in(people.olga, screen.page_of(people.olga, talk) + "?q=refund")
    expect(screen.rows(page)).to_have_text([re.compile("A refund")])
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search messages")).to_have_value("refund")


@pytest.mark.parametrize("key", ["button", "Control+Enter"])
def test_a_reply_appears_once_and_the_composer_is_ready_again(people: People, signed_in: SignIn, key: str) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    start(people.olga, people.luis_row, "A newer one")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    assert screen.subjects(page) == ["A newer one", "Late parcel"]
    expect(page.get_by_role("textbox", name="Reply to Mara Lind")).to_be_visible()
    if key == "button":
        screen.reply_with(page, "It is on its way")
    else:
        screen.reply_box(page).fill("It is on its way")
        screen.reply_box(page).press(key)
    expect(screen.message(page, "It is on its way")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")
    expect(screen.reply_box(page)).to_be_focused()
    expect(screen.rows(page).first).to_contain_text("You: It is on its way")
    expect(screen.rows(page).first).to_have_attribute("aria-current", "true")
    assert screen.subjects(page) == ["Late parcel", "A newer one"]
    page.reload()
    expect(screen.message(page, "It is on its way")).to_have_count(1)


def test_pressing_send_three_times_sends_once(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    screen.reply_box(page).fill("Only once")
    page.get_by_role("button", name="Send", exact=True).click(click_count=3)
    expect(screen.message(page, "Only once")).to_have_count(1)
    page.reload()
    expect(screen.message(page, "Only once")).to_have_count(1)


def test_an_empty_reply_is_refused_next_to_the_composer_with_its_text(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(422)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    screen.reply_with(page, "  ")
    expect(page.locator("#reply-form").get_by_role("alert")).to_contain_text("message")
    expect(screen.reply_box(page)).to_have_value("  ")
    screen.reply_with(page, "Now with words")
    expect(screen.message(page, "Now with words")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_closing_takes_the_composer_away_and_reopening_brings_it_back(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    screen.reply_box(page).fill("Not sent yet")
    page.get_by_role("button", name="Close conversation").click()
    expect(page.get_by_text("This conversation is closed.")).to_be_visible()
    expect(screen.reply_box(page)).to_be_hidden()
    expect(screen.heading(page, "Late parcel")).to_be_focused()
    expect(screen.message(page, "Closed by you")).to_have_count(1)
    expect(screen.rows(page)).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("Conversation closed")
    page.get_by_role("button", name="Reopen conversation").click()
    expect(screen.reply_box(page)).to_have_value("Not sent yet")
    expect(screen.message(page, "Reopened by you")).to_have_count(1)
    expect(screen.row(page, "Late parcel")).to_have_attribute("aria-current", "true")


def test_mark_unread_leads_to_the_list_with_a_bold_row_and_a_badge(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    send(people.mara, talk, "Any news?")
    read(people.olga, talk)
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    expect(screen.badge(page)).to_be_hidden()
    screen.open_menu(page)
    page.get_by_role("button", name="Mark unread").click()
    expect(page).to_have_url(re.compile("/store/messages$"))
    expect(screen.badge(page)).to_have_text("1")
    expect(page.get_by_role("link", name="Messages, 1 unread")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(screen.row(page, "Late parcel")).to_contain_text("1 unread")
    expect(screen.row(page, "Late parcel").locator(".subj")).to_have_css("font-weight", re.compile("[67]00"))


def test_the_email_switch_is_announced_and_survives_a_reload(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    switch = page.get_by_role("switch", name="Email me about new messages")
    screen.open_menu(page)
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    expect(page.locator("#announcer")).to_have_text("Emails about this conversation are off")
    page.reload()
    screen.open_menu(page)
    expect(switch).not_to_be_checked()


def test_signing_out_leaves_nothing_to_go_back_to(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(401)  # what the page still asks for between signing out and leaving
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/store/login$"))
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(page.get_by_role("heading", name="Sign in to your store")).to_be_visible()
    expect(page.get_by_text("Late parcel")).to_have_count(0)
