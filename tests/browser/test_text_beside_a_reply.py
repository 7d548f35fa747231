"""What is written beside a reply that is on its way, failed or was never sent: each text is kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.browser.test_drafts import is_saved
from tests.browser.test_sending import SENDS, hold, let_go, pending
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser


def test_what_is_typed_while_a_reply_is_on_its_way_is_kept(people: People, signed_in: SignIn) -> None:
    """Behaviour 25: A send takes away what it sent, and not what is written next."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    waiting = hold(page)
    screen.reply_box(page).press_sequentially("It left today")
    page.keyboard.press("Control+Enter")
    expect(pending(page)).to_have_count(1)
    with page.expect_response("**/draft"):
        screen.reply_box(page).press_sequentially("And anoth")
    screen.reply_box(page).press_sequentially("er one")
    let_go(page, waiting)
    expect(pending(page)).to_have_count(0)
    is_saved(page)
    expect(screen.reply_box(page)).to_have_value("And another one")
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text(re.compile("^Draft: And anoth"))
    page.reload()
    expect(screen.message(page, "It left today")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("And another one")


def test_what_is_typed_beside_a_failed_reply_outlives_its_second_try(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviours 23 and 25: Both texts are kept, each for itself, over a reload too."""
    watch.provoke(500)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.route(SENDS, lambda route: route.fulfill(status=500, body=""))
    with page.expect_response("**/draft"):
        screen.reply_with(page, "It left today")
    failed = screen.log(page).locator(".failed")
    expect(failed).to_have_count(1)
    with page.expect_response("**/draft"):
        screen.reply_box(page).press_sequentially("And another one")
    page.reload()
    expect(failed).to_contain_text("It left today")
    expect(screen.reply_box(page)).to_have_value("And another one")
    page.unroute(SENDS)
    failed.get_by_role("button", name="Try again").click()
    expect(screen.log(page).locator("#m-2")).to_contain_text("It left today")
    expect(screen.reply_box(page)).to_have_value("And another one")
    page.reload()
    expect(screen.reply_box(page)).to_have_value("And another one")
    expect(screen.message(page, "It left today")).to_have_count(1)
    expect(failed).to_have_count(0)


def test_what_another_tab_wrote_outlives_a_send(people: People, signed_in: SignIn) -> None:
    """Behaviour 25: Two tabs of one conversation."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    path = screen.page_of(people.olga, talk)
    page, other = signed_in(people.olga, path), signed_in(people.olga, path)
    with other.expect_response("**/draft"):
        screen.reply_box(other).press_sequentially("From the other tab")
    with other.expect_response("**/draft"):
        screen.reply_with(page, "From this tab")
    expect(screen.log(page).locator("#m-2")).to_contain_text("From this tab")
    other.reload()
    expect(screen.reply_box(other)).to_have_value("From the other tab")


def test_a_state_of_the_text_that_was_kept_goes_with_its_reply(people: People, signed_in: SignIn) -> None:
    """Behaviour 27: The server kept half of it, and Send comes before the rest is kept."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    with page.expect_response("**/draft"):
        screen.reply_box(page).press_sequentially("It left")
    screen.reply_box(page).press_sequentially(" today")
    page.keyboard.press("Control+Enter")
    expect(screen.log(page).locator("#m-2")).to_contain_text("It left today")
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("You: It left today")
    page.reload()
    expect(screen.reply_box(page)).to_have_value("")


def test_a_reply_that_fails_after_its_thread_was_left_is_a_draft_and_says_so(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviour 23: Failed send, from a thread that was left."""
    watch.allow_lost_requests()
    start(people.olga, people.luis_row, "The other one")
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    waiting = hold(page)
    screen.reply_with(page, "Never arrives")
    expect(pending(page)).to_have_count(1)
    screen.row(page, "The other one").click()
    expect(screen.heading(page, "The other one")).to_be_visible()
    waiting.pop().abort()
    expect(page.locator(".toast").get_by_text("Your reply was not sent. It is kept as a draft.")).to_be_visible()
    page.mouse.move(900, 400)
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("Draft: Never arrives")
    screen.row(page, "Late parcel").click()
    expect(screen.reply_box(page)).to_have_value("Never arrives")
    expect(screen.log(page).locator(".failed, .pending")).to_have_count(0)


def test_what_was_not_sent_is_never_sent_by_itself(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 21: Offline, Ctrl+Enter sends nothing, then or later."""
    watch.allow_lost_requests()
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" and SENDS.search(one.url) else None)
    page.context.set_offline(True)
    expect(page.locator("#offline-note")).to_be_visible()
    screen.reply_box(page).press_sequentially("Not yet")
    page.keyboard.press("Control+Enter")
    expect(screen.reply_box(page)).to_have_value("Not yet")
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    page.reload()
    is_saved(page)
    expect(screen.reply_box(page)).to_have_value("Not yet")
    assert sent == []


def test_a_second_try_without_a_network_leaves_the_next_send_alone(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviour 21: Try again does nothing offline, and the next Send sends what stands in the composer."""
    watch.allow_lost_requests()
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.route(SENDS, lambda route: route.abort())
    screen.reply_with(page, "The first")
    failed = screen.log(page).locator(".failed")
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("Draft: The first")
    page.unroute(SENDS)
    page.context.set_offline(True)
    failed.get_by_role("button", name="Try again").click()
    page.context.set_offline(False)
    screen.reply_with(page, "The second")
    expect(screen.log(page).locator("#m-2")).to_contain_text("The second")
    expect(screen.reply_box(page)).to_have_value("")
    expect(failed).to_contain_text("The first")
