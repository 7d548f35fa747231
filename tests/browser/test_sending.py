"""Sending: a row at once, the server's in its place, a failed one to try again or discard, and every message once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.factories import send, start
from tests.people import People
from webapp.accounts.viewer import Viewer

pytestmark = pytest.mark.browser

SENDS = re.compile(r"/messages/\d+/messages$")
NOTE_PENDING = """window.rows = []; new MutationObserver(() => {
  for (const one of document.querySelectorAll(".pending")) if (!one.noted) rows.push((one.noted = true,
    [one.getAttribute("aria-busy"), performance.now() - window.pressed]))
}).observe(document, {childList: true, subtree: true});
document.addEventListener("submit", () => (window.pressed = performance.now()), true);"""


def hold(page: Page) -> list[Route]:
    """Hold replies on their way; each goes on when it is taken from the list and continued."""
    waiting: list[Route] = []
    page.route(SENDS, lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright marks the function
    return waiting


def let_go(page: Page, waiting: list[Route]) -> None:
    """Let the first reply that is held go on, once it is there."""
    while not waiting:
        page.wait_for_timeout(20)
    waiting.pop(0).continue_()


def pending(page: Page) -> Locator:
    return screen.log(page).locator(".pending")


def bodies(page: Page) -> list[str]:
    return screen.log(page).locator(".msg .b").all_inner_texts()


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_reply_is_there_at_once_and_the_servers_row_takes_its_place(
    people: People, signed_in: SignIn, name: str
) -> None:
    """Behaviour 22: Optimistic send."""
    viewer: Viewer = getattr(people, name)
    talk = start(people.ada if name == "ada" else people.olga, people.mara_row, "Late parcel")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    page.evaluate(NOTE_PENDING)
    waiting = hold(page)
    screen.reply_with(page, "The first")
    expect(pending(page)).to_have_attribute("aria-busy", "true")
    expect(pending(page)).to_contain_text("Sending…")
    expect(screen.message(page, "The first")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")
    expect(screen.reply_box(page)).to_be_focused()
    screen.reply_with(page, "The second")
    expect(pending(page)).to_have_count(2)
    assert bodies(page) == ["Hello", "The first", "The second"]
    rows = page.evaluate("rows")
    assert [busy for busy, _ in rows] == ["true", "true"]
    assert min(after for _, after in rows) <= 50
    let_go(page, waiting)
    let_go(page, waiting)
    expect(pending(page)).to_have_count(0)
    assert bodies(page) == ["Hello", "The first", "The second"]
    seqs = screen.log(page).locator("[data-seq]").evaluate_all("rows => rows.map(row => Number(row.dataset.seq))")
    assert seqs == [1, 2, 3]
    expect(page.locator("#announcer")).to_have_text("Message sent")


def test_a_reply_goes_out_though_its_thread_is_left(people: People, signed_in: SignIn) -> None:
    """Behaviour 22: Optimistic send, from a thread that is left."""
    start(people.olga, people.luis_row, "The other one")
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    waiting = hold(page)
    screen.reply_with(page, "On its way")
    screen.row(page, "The other one").click()
    expect(screen.heading(page, "The other one")).to_be_visible()
    let_go(page, waiting)
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("You: On its way")
    expect(screen.message(page, "On its way")).to_have_count(0)
    screen.row(page, "Late parcel").click()
    expect(screen.message(page, "On its way")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")


@pytest.mark.parametrize("how", ["answer", "network"])
def test_a_reply_that_failed_is_tried_again_or_discarded(
    people: People, signed_in: SignIn, watch: Watch, how: str
) -> None:
    """Behaviour 23: Failed send: retry / discard."""
    watch.allow_lost_requests()
    watch.provoke(500)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    box = '<div class="refusal"><p>Sorry, there is a problem with the service</p></div>'

    def refuse(route: Route) -> None:
        if how == "network":
            route.abort()
        else:
            route.fulfill(status=500, content_type="text/html", body=box)

    page.route(SENDS, refuse)
    screen.reply_with(page, "Please look")
    failed = screen.log(page).locator(".failed")
    expect(failed.get_by_role("alert")).to_contain_text("Not sent.")
    if how == "answer":
        expect(failed.get_by_role("alert")).to_contain_text("Sorry, there is a problem with the service")
    expect(screen.reply_box(page)).to_have_value("")
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("Draft: Please look")
    failed.get_by_role("button", name="Try again").click()
    expect(failed.get_by_role("alert")).to_contain_text("Not sent.")
    page.unroute(SENDS)
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)
    expect(screen.message(page, "Please look")).to_have_count(1)
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("You: Please look")

    page.route(SENDS, refuse)
    screen.reply_with(page, "Never mind")
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Discard").click()
    expect(failed).to_have_count(0)
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("You: Please look")
    page.reload()
    expect(screen.message(page, "Please look")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")


def test_what_failed_is_in_the_composer_after_a_reload_and_is_sent_once(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviour 23: Failed send, kept as a draft. Behaviour 24: Exactly once, when only the answer was lost."""
    watch.allow_lost_requests()
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(SENDS, lose_the_answer)
    page.route("**/draft", lambda route: route.abort())
    screen.reply_with(page, "Please look")
    expect(screen.log(page).locator(".failed")).to_have_count(1)
    page.unroute(SENDS)
    page.reload()
    expect(screen.reply_box(page)).to_have_value("Please look")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.reply_box(page)).to_have_value("")
    expect(screen.message(page, "Please look")).to_have_count(1)
    page.reload()
    expect(screen.message(page, "Please look")).to_have_count(1)


def test_three_clicks_are_one_request(people: People, signed_in: SignIn) -> None:
    """Behaviour 24: Exactly once."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" and SENDS.search(one.url) else None)
    screen.reply_box(page).fill("Only once")
    page.get_by_role("button", name="Send", exact=True).click(click_count=3)
    expect(screen.message(page, "Only once")).to_have_count(1)
    expect(pending(page)).to_have_count(0)
    assert len(sent) == 1


def test_too_many_messages_wait_for_a_countdown(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 64: Rate limited."""
    watch.allow(429)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    words = "You are sending messages too fast. Try again in 2 seconds."
    box = f'<div class="refusal" role="alert"><p>{words}</p></div>'
    page.route(
        SENDS, lambda route: route.fulfill(status=429, content_type="text/html", headers={"Retry-After": "2"}, body=box)
    )
    screen.reply_with(page, "Too fast")
    alert = page.locator("#reply-form").get_by_role("alert")
    expect(alert).to_contain_text("You are sending messages too fast. Try again in 2 seconds")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(screen.reply_box(page)).to_have_value("Too fast")
    expect(alert).to_contain_text("Try again in 1 second.")
    page.unroute(SENDS)
    expect(alert).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.message(page, "Too fast")).to_have_count(1)


def test_a_delta_and_the_answer_bring_a_message_once(people: People, signed_in: SignIn) -> None:
    """Behaviour 24: Exactly once, on screen too."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    waiting = hold(page)
    screen.reply_with(page, "Mine")
    send(people.mara, talk, "Theirs")
    answer = waiting.pop()
    response = answer.fetch()
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('live:thread-{talk.id}', {{bubbles: true}}))")
    expect(screen.log(page).locator("#m-3")).to_be_visible()
    answer.fulfill(response=response)
    expect(pending(page)).to_have_count(0)
    assert bodies(page) == ["Hello", "Theirs", "Mine"]
