"""Three people side by side in one browser, no stream: what one writes the others see by the poll; seen is read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import SignIn
from tests.browser.talks import send_many, spread_over_days
from tests.factories import read, send, start
from tests.people import People

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("without_stream")]

POLL = 30_500
"""Milliseconds after which every page has asked for news."""

TOP = """id => document.getElementById(id).getBoundingClientRect().top"""
HIDE = """hidden => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => hidden ? "hidden" : "visible" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def wait_for_poll(page: Page) -> None:
    """Move the clock of all pages; a request under way would take it for its timeout."""
    for one in page.context.pages:
        expect(one.locator(".htmx-request")).to_have_count(0)
    page.clock.fast_forward(POLL)


def test_a_message_of_the_store_reaches_the_customer_and_the_answer_comes_back(
    people: People, signed_in: SignIn, context: BrowserContext
) -> None:
    context.clock.install()
    talk = start(people.olga, people.mara_row, "Late parcel")
    other = start(people.olga, people.mara_row, "The other one")
    for thread in (talk, other):
        read(people.mara, thread)
    admin = signed_in(people.ada)
    store = signed_in(people.olga, screen.page_of(people.olga, talk))
    customer = signed_in(people.mara)
    assert screen.subjects(customer) == ["The other one", "Late parcel"]

    screen.reply_with(store, "It arrives tomorrow")
    expect(screen.message(store, "It arrives tomorrow")).to_have_count(1)
    expect(screen.rows(store).first).to_contain_text("It arrives tomorrow")
    wait_for_poll(customer)
    expect(screen.badge(customer)).to_have_text("1")
    expect(customer.get_by_role("link", name="Messages, 1 unread")).to_be_visible()
    expect(customer).to_have_title("(1) Messages – Harbor Goods")
    expect(screen.rows(customer).first).to_contain_text("It arrives tomorrow")
    expect(screen.rows(customer).first).to_contain_text("1 unread")

    screen.row(customer, "Late parcel").click()
    expect(screen.message(customer, "It arrives tomorrow")).to_be_visible()
    expect(customer.get_by_text("New messages", exact=True)).to_be_visible()
    expect(screen.badge(customer)).to_be_hidden()
    expect(customer).to_have_title("Late parcel – Messages – Harbor Goods")

    screen.reply_with(customer, "Thank you")
    expect(screen.message(customer, "Thank you")).to_have_count(1)
    expect(screen.rows(customer).first).to_contain_text("You: Thank you")
    wait_for_poll(store)
    expect(screen.message(store, "Thank you")).to_have_count(1)
    expect(screen.rows(store).first).to_contain_text("Thank you")
    expect(screen.badge(store)).to_be_hidden()
    wait_for_poll(admin)
    expect(screen.badge(admin)).to_be_hidden()
    expect(screen.rows(admin)).to_have_count(0)


def test_two_senders_both_count_and_both_appear(people: People, signed_in: SignIn, context: BrowserContext) -> None:
    context.clock.install()
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    page = signed_in(people.mara)
    send(people.olga, talk, "From Olga")
    send(people.sam, talk, "From Sam")
    start(people.ada, people.mara_row, "From the platform")
    wait_for_poll(page)
    expect(screen.badge(page)).to_have_text("3")
    expect(screen.row(page, "Late parcel")).to_contain_text("2 unread")
    expect(screen.row(page, "From the platform")).to_contain_text("1 unread")
    screen.row(page, "Late parcel").click()
    expect(screen.message(page, "From Olga")).to_contain_text("Olga Owner")
    expect(screen.message(page, "From Sam")).to_contain_text("Sam Agent")
    expect(screen.badge(page)).to_have_text("1")


def test_a_hidden_page_shows_what_came_and_leaves_it_unread_until_it_is_seen(
    people: People, signed_in: SignIn, context: BrowserContext
) -> None:
    context.clock.install()
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    page.evaluate(HIDE, True)
    send(people.olga, talk, "While you were away")
    wait_for_poll(page)
    expect(screen.message(page, "While you were away")).to_have_count(1)
    expect(screen.badge(page)).to_have_text("1")
    page.clock.run_for(5_000)
    wait_for_poll(page)
    expect(page).to_have_title(re.compile(r"^\(1\) Late parcel"))
    with page.expect_response(re.compile("/read$")):
        page.evaluate(HIDE, False)
        page.clock.run_for(1_500)
    expect(screen.badge(page)).to_be_hidden()
    expect(page).to_have_title(re.compile("^Late parcel"))


@pytest.mark.slow
def test_the_poll_works_on_the_clock_of_the_world(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    page = signed_in(people.mara, "/storefront/account")
    send(people.olga, talk, "By itself")
    expect(screen.badge(page)).to_have_text("1", timeout=35_000)
    expect(page).to_have_title("(1) My account – Harbor Goods")


def test_a_long_thread_opens_at_its_end_and_earlier_messages_move_nothing(people: People, signed_in: SignIn) -> None:
    talk = start(people.olga, people.mara_row, "Long thread", "number 1")
    send_many(people.olga, talk, 199)
    spread_over_days(talk, 5)
    read(people.mara, talk)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    expect(screen.message(page, "number 200")).to_be_in_viewport(ratio=1)
    link = page.get_by_role("link", name="Load earlier messages")
    shown = page.locator("#log-list > .msg")
    for _ in range(8):
        if not link.count():
            break
        count = shown.count()
        first = shown.first.get_attribute("id")
        before = link.evaluate(f"(link, id) => {{ link.focus(); return ({TOP})(id); }}", first)
        expect(shown).not_to_have_count(count)
        assert abs(page.evaluate(TOP, first) - before) < 1
        expect(screen.log(page)).to_be_focused()
    expect(page.get_by_text("Start of conversation")).to_have_count(1)
    expect(shown).to_have_count(200)
    seqs = page.evaluate("() => [...document.querySelectorAll('#log-list > .msg')].map(m => Number(m.dataset.seq))")
    assert seqs == list(range(1, 201))
    days = page.locator("#log-list > .day").all_inner_texts()
    assert len(days) == len(set(days)) == 5


def test_a_thread_with_unread_messages_has_one_divider_before_the_first_of_them(
    people: People, signed_in: SignIn
) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel", "number 1")
    read(people.mara, talk)
    send_many(people.olga, talk, 3)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    expect(page.locator("#log-list > .new")).to_have_count(1)
    expect(page.locator("#log-list > .new + .msg")).to_contain_text("number 2")
    expect(screen.badge(page)).to_be_hidden()
    page.reload()
    expect(screen.message(page, "number 4")).to_be_visible()
    expect(page.locator("#log-list > .new")).to_have_count(0)
