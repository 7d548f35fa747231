"""Somebody who works for two stores, in two tabs: nothing is ever written to the wrong one, and no text is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser


def switch_in(page: Page, store: str) -> None:
    page.goto("/store/switch")
    page.get_by_role("button", name=store).click()
    expect(page.get_by_role("banner").get_by_role("link", name=store, exact=True)).to_be_visible()


def test_a_reply_from_the_store_that_was_left_is_refused_and_can_be_sent_after_the_way_back(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(409)
    talk = start(people.wim_at_harbor, people.mara_row, "Late parcel")
    tab_a = signed_in(people.wim_at_harbor, screen.page_of(people.wim_at_harbor, talk))
    screen.reply_box(tab_a).fill("From Harbor Goods")
    tab_b = tab_a.context.new_page()
    switch_in(tab_b, "Tea Corner")
    tab_a.get_by_role("button", name="Send", exact=True).click()
    refusal = tab_a.get_by_role("alert").filter(has_text="You switched to Tea Corner. Nothing was changed")
    expect(refusal).to_be_visible()
    expect(screen.reply_box(tab_a)).to_have_value("From Harbor Goods")
    expect(screen.message(tab_a, "From Harbor Goods")).to_have_count(0)
    tab_a.get_by_role("link", name="switch back to Harbor Goods").first.click()  # also said above the page
    tab_a.get_by_role("button", name="Harbor Goods").click()
    expect(screen.heading(tab_a, "Late parcel")).to_be_visible()
    expect(screen.message(tab_a, "From Harbor Goods")).to_have_count(0)
    screen.reply_with(tab_a, "From Harbor Goods")
    expect(screen.message(tab_a, "From Harbor Goods")).to_have_count(1)


def test_switching_back_in_the_other_tab_lets_the_kept_text_be_sent(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(409)
    talk = start(people.wim_at_harbor, people.mara_row, "Late parcel")
    tab_a = signed_in(people.wim_at_harbor, screen.page_of(people.wim_at_harbor, talk))
    tab_b = tab_a.context.new_page()
    switch_in(tab_b, "Tea Corner")
    screen.reply_with(tab_a, "Kept and sent")
    expect(tab_a.locator("#reply-error").get_by_role("alert")).to_be_visible()
    switch_in(tab_b, "Harbor Goods")
    tab_a.get_by_role("button", name="Send", exact=True).click()
    expect(screen.message(tab_a, "Kept and sent")).to_have_count(1)
    expect(tab_a.locator("#reply-error").get_by_role("alert")).to_have_count(0)


def test_a_new_conversation_from_the_store_that_was_left_is_refused_with_everything_kept(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(409)
    tab_a = signed_in(people.wim_at_harbor, f"/store/messages/new?to=customer:{people.mara_row.id}&subject=A+subject")
    tab_a.get_by_role("textbox", name="Message", exact=True).fill("A text")
    switch_in(tab_a.context.new_page(), "Tea Corner")
    tab_a.get_by_role("button", name="Send", exact=True).click()
    expect(tab_a.get_by_role("alert").filter(has_text="You switched to Tea Corner").first).to_be_visible()
    expect(tab_a.get_by_role("textbox", name="Message", exact=True)).to_have_value("A text")
    expect(tab_a.get_by_role("textbox", name="Subject")).to_have_value("A subject")


def test_a_link_to_a_thread_of_the_other_store_offers_to_switch(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(404)
    talk = start(people.wim_at_tea, people.nina_row, "At the tea shop")
    page = signed_in(people.wim_at_harbor, screen.page_of(people.wim_at_tea, talk))
    expect(page.get_by_role("heading", name="This conversation belongs to Tea Corner")).to_be_visible()
    expect(page.get_by_text("At the tea shop")).to_have_count(0)
    page.get_by_role("button", name="Switch to Tea Corner").click()
    expect(screen.heading(page, "At the tea shop")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/store/messages/{talk.id}$"))


def test_a_row_of_the_store_that_was_left_says_so_instead_of_opening(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    watch.allow(409)
    start(people.wim_at_harbor, people.mara_row, "Late parcel")
    tab_a = signed_in(people.wim_at_harbor)
    switch_in(tab_a.context.new_page(), "Tea Corner")
    screen.row(tab_a, "Late parcel").click()
    expect(tab_a.get_by_role("alert").filter(has_text="in another tab")).to_be_visible()
    expect(screen.heading(tab_a, "Late parcel")).to_have_count(0)
    expect(tab_a).to_have_url(re.compile("/store/messages$"))


def test_the_notice_goes_when_one_has_switched_back(people: People, signed_in: SignIn, watch: Watch) -> None:
    """What was said of a switch is taken back with it, without a reload and without a click."""
    watch.allow(409)
    talk = start(people.wim_at_harbor, people.mara_row, "Late parcel")
    tab_a = signed_in(people.wim_at_harbor, screen.page_of(people.wim_at_harbor, talk))
    tab_b = tab_a.context.new_page()
    switch_in(tab_b, "Tea Corner")
    tab_a.bring_to_front()
    tab_a.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    notice = tab_a.get_by_role("alert").filter(has_text="You switched to Tea Corner")
    expect(notice).to_be_visible()
    switch_in(tab_b, "Harbor Goods")
    tab_a.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice).to_have_count(0)
    screen.reply_with(tab_a, "Back again")
    expect(screen.message(tab_a, "Back again")).to_have_count(1)
