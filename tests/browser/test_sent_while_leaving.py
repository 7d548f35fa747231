"""A reply whose page goes while it is sent: neither lost nor doubled, and no draft any more."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.browser.test_sending import SENDS, hold, pending
from tests.factories import keep_draft, send, start
from tests.people import People

pytestmark = pytest.mark.browser

SEND_WHEN_SAVED = """() => { const real = window.fetch; window.fetch = async (address, request) => {
  const answer = await real(address, request);
  if (request?.method === "PUT") document.getElementById("reply-form").requestSubmit();
  return answer;
} }"""


def test_a_page_that_goes_while_it_sends_loses_nothing(people: People, signed_in: SignIn) -> None:
    """Behaviour 24: Exactly once, though the page was reloaded before the answer."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    waiting = hold(page)
    screen.reply_with(page, "Do not lose me")
    expect(pending(page)).to_have_count(1)
    while not waiting:
        page.wait_for_timeout(20)
    page.unroute(SENDS)
    page.reload()
    expect(screen.message(page, "Do not lose me")).to_have_count(1)
    expect(screen.log(page).locator("#m-2")).to_contain_text("Do not lose me")
    expect(screen.reply_box(page)).to_have_value("")
    page.reload()
    expect(screen.message(page, "Do not lose me")).to_have_count(1)


def test_a_draft_that_is_saved_just_when_it_is_sent_stays_kept_until_it_is(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviour 24: The answer to the draft comes in the same moment as Send; then the page is reloaded."""
    watch.allow_lost_requests()
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.evaluate(SEND_WHEN_SAVED)
    waiting = hold(page)
    screen.reply_box(page).fill("Do not lose me")
    expect(pending(page)).to_have_count(1)
    while not waiting:
        page.wait_for_timeout(20)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    waiting.pop().abort()
    page.unroute(SENDS)
    page.reload()
    expect(screen.log(page).locator("#m-2")).to_contain_text("Do not lose me")
    expect(screen.reply_box(page)).to_have_value("")


def test_a_draft_goes_when_what_it_says_was_sent_elsewhere(people: People, signed_in: SignIn) -> None:
    """Behaviour 25: The page was asked for just before its draft was sent, by the page before it or in another tab."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    keep_draft(people.olga, talk, "It left today")
    page, other = (signed_in(people.olga, screen.page_of(people.olga, talk)) for _ in range(2))
    expect(screen.reply_box(page)).to_have_value("It left today")
    screen.reply_box(other).press_sequentially("It left today")
    send(people.olga, talk, "It left today")
    expect(screen.reply_box(page)).to_have_value("")
    expect(page.get_by_text("Draft restored")).to_be_hidden()
    expect(screen.log(other).locator("#m-2")).to_contain_text("It left today")
    expect(screen.reply_box(other)).not_to_have_value("")
