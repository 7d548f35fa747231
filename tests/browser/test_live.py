"""Two browsers side by side: what one does the other shows at once, by the stream, and by the poll without it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import Watch
from tests.factories import close, deactivate, read, reopen, send, start
from tests.people import People

pytestmark = pytest.mark.browser

IN_A_BLINK = 1000
"""Milliseconds within which a page shows what happened elsewhere."""

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def elsewhere(new_context: NewContext) -> Callable[..., Page]:
    """Open a page in a browser of its own, signed in, with its stream open."""

    def get(viewer: object, path: str | None = None) -> Page:
        return live(screen.sign_in(new_context().new_page(), viewer, path))

    return get


def live(page: Page) -> Page:
    """Wait until the page hears of changes at once."""
    expect(page.locator("body[data-live=on]")).to_have_count(1)
    return page


def test_a_message_is_in_the_other_browser_in_a_blink(people: People, elsewhere: Callable[..., Page]) -> None:
    """Behaviour 19: Live arrival: a message is there within a second, without a reload."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    other = start(people.olga, people.mara_row, "The other one")
    for one in (talk, other):
        read(people.mara, one)
    store = elsewhere(people.olga, screen.page_of(people.olga, talk))
    thread = elsewhere(people.mara, screen.page_of(people.mara, talk))
    inbox = elsewhere(people.mara)
    expect(screen.rows(inbox).first).to_contain_text("The other one")

    screen.reply_with(store, "It arrives tomorrow")
    expect(screen.message(store, "It arrives tomorrow")).to_have_count(1)
    began = time.monotonic()
    expect(screen.message(thread, "It arrives tomorrow")).to_have_count(1, timeout=IN_A_BLINK)
    expect(screen.rows(inbox).first).to_contain_text("It arrives tomorrow", timeout=IN_A_BLINK)
    expect(screen.badge(inbox)).to_have_text("1", timeout=IN_A_BLINK)
    expect(inbox).to_have_title("(1) Messages – Harbor Goods", timeout=IN_A_BLINK)
    assert time.monotonic() - began < 2 * IN_A_BLINK / 1000

    expect(screen.badge(thread)).to_be_hidden()  # it was seen there
    expect(screen.badge(inbox)).to_be_hidden()
    expect(inbox).to_have_title("Messages – Harbor Goods")


def test_a_thread_that_a_colleague_closes_is_closed_here_too(people: People, elsewhere: Callable[..., Page]) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = elsewhere(people.sam, "/store/messages?scope=team")
    thread = elsewhere(people.mara, screen.page_of(people.mara, talk))
    expect(screen.rows(page)).to_have_count(1)

    close(people.olga, talk)

    expect(thread.get_by_text("Closed by Olga Owner")).to_be_visible(timeout=IN_A_BLINK)
    expect(screen.rows(page)).to_have_count(0, timeout=IN_A_BLINK)


def test_what_arrives_in_a_thread_that_was_opened_by_a_click_is_read(
    people: People, elsewhere: Callable[..., Page]
) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    customer = elsewhere(people.mara)
    screen.row(customer, "Late parcel").click()
    expect(screen.badge(customer)).to_be_hidden()
    for text in ("On its way", "Here tomorrow"):
        send(people.olga, talk, text)
        expect(screen.message(customer, text)).to_have_count(1)
        expect(screen.badge(customer)).to_be_visible()
        expect(screen.badge(customer)).to_be_hidden()


def test_an_arrival_leaves_the_menu_the_focus_and_the_finger_alone(
    people: People, elsewhere: Callable[..., Page]
) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    store = elsewhere(people.olga, screen.page_of(people.olga, talk))
    screen.open_menu(store)
    store.get_by_role("button", name="Mark unread").focus()
    send(people.mara, talk, "Under the menu")
    expect(screen.message(store, "Under the menu")).to_have_count(1)
    expect(store.get_by_role("button", name="Mark unread")).to_be_focused()
    store.keyboard.press("Escape")
    store.get_by_role("button", name="Close conversation").hover()
    store.mouse.down()
    send(people.mara, talk, "Under the finger")
    expect(screen.message(store, "Under the finger")).to_have_count(1)
    store.mouse.up()
    expect(store.get_by_role("button", name="Undo")).to_be_visible()
    store.get_by_role("button", name="Reopen conversation").focus()
    reopen(people.wim_at_harbor, talk)
    expect(store.get_by_role("button", name="Close conversation")).to_be_visible()
    assert screen.is_focused_within(store, "#thread")  # its button went, and the focus did not


def test_eight_tabs_hold_one_stream_and_another_takes_over(people: People, new_context: NewContext) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    context = new_context()
    streams = []
    context.on("request", lambda request: streams.append(request) if request.url.endswith("/live") else None)
    first = live(screen.sign_in(context.new_page(), people.mara))
    tabs = [context.new_page() for _ in range(7)]
    for tab in tabs:
        tab.goto("/storefront/account/messages")
    for tab in tabs:
        expect(screen.rows(tab)).to_have_count(1)

    send(people.olga, talk, "To all of them")
    for tab in (first, *tabs):
        expect(screen.badge(tab)).to_have_text("1")
        expect(tab).to_have_title(re.compile(r"^\(1\) "))
    holders = [request for request in streams if request.frame.page in {first, *tabs}]
    assert len({request.frame.page for request in holders}) == 1

    first.close()
    with context.expect_event("request", lambda request: request.url.endswith("/live")):
        pass
    live(tabs[0])
    send(people.olga, talk, "And again")
    for tab in tabs:
        expect(screen.badge(tab)).to_have_text("2")


def test_without_a_stream_the_page_polls_and_says_so(people: People, new_context: NewContext, watch: Watch) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    watch.allow_lost_requests()
    context = new_context()
    context.route("**/live", lambda route: route.abort())
    context.clock.install()
    page = screen.sign_in(context.new_page(), people.mara)
    page.clock.run_for(4000)
    expect(page.get_by_text("Updates every 30 seconds")).to_be_visible()

    send(people.olga, talk, "By the poll")
    page.clock.run_for(31_000)
    expect(screen.rows(page).first).to_contain_text("By the poll")
    expect(screen.badge(page)).to_have_text("1")

    context.unroute("**/live")
    page.clock.run_for(61_000)
    expect(page.locator("body[data-live=on]")).to_have_count(1)
    expect(page.get_by_text("Updates every 30 seconds")).to_be_hidden()


def test_somebody_whose_account_ends_is_led_to_the_sign_in_page_within_five_seconds(
    people: People, elsewhere: Callable[..., Page], watch: Watch
) -> None:
    watch.allow(401)
    page = elsewhere(people.sam)
    deactivate(people.sam_row)

    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=5000 + IN_A_BLINK)


def test_pages_that_were_asleep_ask_once_for_all_they_missed(people: People, new_context: NewContext) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    context = new_context()
    context.route("**/live", lambda route: route.fulfill(status=204))
    page = screen.sign_in(context.new_page(), people.mara, screen.page_of(people.mara, talk))
    for number in range(3):
        send(people.olga, talk, f"number {number}")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/_/messages?" in request.url else None)

    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    expect(screen.message(page, "number 2")).to_have_count(1, timeout=1500)
    expect(screen.log(page).locator(".msg")).to_have_count(4)
    assert len(asked) == 1


def test_a_colleague_and_the_customer_see_who_is_replying_and_then_that_it_was_read(
    people: People, elsewhere: Callable[..., Page]
) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    read(people.mara, talk)
    store = elsewhere(people.olga, screen.page_of(people.olga, talk))
    colleague = elsewhere(people.sam, screen.page_of(people.sam, talk))
    customer = elsewhere(people.mara, screen.page_of(people.mara, talk))

    screen.reply_box(store).press_sequentially("It arr")
    for page in (colleague, customer):
        expect(page.get_by_text("Olga Owner is replying…")).to_be_visible(timeout=2000)
    expect(store.get_by_text("is replying")).to_have_count(0)
    expect(colleague.get_by_text("is replying")).to_have_count(0, timeout=7000)

    customer.evaluate("() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })")
    screen.reply_with(store, "It arrives tomorrow")
    sent = screen.message(store, "It arrives tomorrow")
    expect(sent.get_by_text("Sent", exact=True)).to_be_visible()
    expect(screen.message(customer, "It arrives tomorrow")).to_have_count(1)
    read(people.mara, talk)
    expect(sent.get_by_text("Read", exact=True)).to_be_visible(timeout=IN_A_BLINK)
    expect(store.get_by_text("Read", exact=True).filter(visible=True)).to_have_count(1)

    customer.bring_to_front()
    screen.reply_with(customer, "Thank you")
    expect(screen.message(customer, "Thank you").get_by_text("Sent", exact=True)).to_be_visible()
    expect(screen.message(store, "Thank you")).to_have_count(1)
    read(people.olga, talk)
    expect(customer.get_by_text("Read", exact=True)).to_have_count(0)
