"""The server is killed under an open page and started again: nothing that was written meanwhile is missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import screen
from tests.factories import read, send
from tests.faults.conftest import marketplace_on

__all__ = ["marketplace_on"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "poll"])
def test_a_page_outlives_its_server(marketplace_on, browser: Browser, stream: bool) -> None:
    market = marketplace_on("sqlite")
    people, talk = market.people, market.conversation
    read(people.mara, talk)
    context = browser.new_context(base_url=market.server.url)
    if not stream:
        context.route("**/live", lambda route: route.fulfill(status=204))
        context.clock.install()
    page = screen.sign_in(context.new_page(), people.mara, screen.page_of(people.mara, talk))
    if stream:
        expect(page.locator("body[data-live=on]")).to_have_count(1)

    market.server.kill()
    for number in range(3):
        send(people.olga, talk, f"number {number}")
    expect(page.locator("body[data-live=on]")).to_have_count(0)
    market.server.start()
    if not stream:
        page.clock.run_for(31_000)

    expect(screen.message(page, "number 2")).to_have_count(1, timeout=20_000)
    expect(screen.log(page).locator(".msg")).to_have_count(4)
    expect(screen.rows(page).first).to_contain_text("number 2")
    if stream:
        expect(page.locator("body[data-live=on]")).to_have_count(1, timeout=20_000)
        send_through_the_door(market)
        expect(screen.message(page, "By the store")).to_have_count(1)
    context.close()


def send_through_the_door(market) -> None:
    """Send in the server's own process: without Redis, other processes cannot tell it."""
    sender = market.sender()
    sender.send([], body="By the store")
