"""A request that is lost, or answered by something in between, says so, and its panel stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Event

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser

FOREIGN = "<html><body><center><h1>502 Bad Gateway</h1></center></body></html>"
LOADS = "This could not be loaded."
DOES = "This could not be done, or its answer was lost."


def lose(route: Route) -> None:
    route.abort()


def answer_elsewhere(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body=FOREIGN)


def open_row(page: Page) -> None:
    screen.row(page, "The other one").click()


def search(page: Page) -> None:
    page.get_by_role("searchbox").fill("other")


def narrow(page: Page) -> None:
    screen.choose(page, "Status", "Closed")


def close(page: Page) -> None:
    page.get_by_role("button", name="Close conversation").click()


def write_new(page: Page) -> None:
    page.keyboard.press("c")


STEPS: dict[str, tuple[Callable[[Page], None], str, str]] = {
    "row": (open_row, r"/_/thread", LOADS),
    "search": (search, r"/_/rows", LOADS),
    "filter": (narrow, r"/_/rows", LOADS),
    "close": (close, r"/close$", DOES),
    "new": (write_new, r"/_/new$", LOADS),
}


def outcome(page: Page, step: str) -> None:
    """What is there when the step was done after all."""
    if step == "row":
        expect(screen.heading(page, "The other one")).to_be_visible()
    elif step == "search":
        expect(screen.rows(page)).to_have_count(1)
    elif step == "filter":
        expect(page.get_by_text("No conversations match")).to_be_visible()
    elif step == "close":
        expect(page.locator("#composer-note")).to_contain_text("This conversation is closed.")
    else:
        expect(page.get_by_role("dialog", name="New conversation")).to_be_visible()


def losable(page: Page, address: str, losing: Event, answer: Callable[[Route], None]) -> None:
    """Answer requests so while they are being lost; to be called before the page, which may ask past a new route."""
    page.route(re.compile(address), lambda route: answer(route) if losing.is_set() else route.continue_())


@pytest.mark.parametrize("answer", [lose, answer_elsewhere])
@pytest.mark.parametrize("step", STEPS)
def test_what_is_lost_says_so_and_is_tried_again(
    people: People, signed_in: SignIn, watch: Watch, step: str, answer: Callable[[Route], None]
) -> None:
    """Behaviours 21 and 59: Nothing is silent, and what was there stays."""
    watch.allow_lost_requests()
    watch.provoke(502)
    act, address, words = STEPS[step]
    start(people.olga, people.luis_row, "The other one")
    talk = start(people.olga, people.mara_row, "Late parcel")
    page, losing = signed_in(people.olga), Event()
    losable(page, address, losing, answer)
    page.goto(screen.page_of(people.olga, talk))
    expect(page.locator("body")).to_have_attribute("data-live", "on")
    losing.set()
    act(page)
    notice = page.locator("#page-notice").get_by_role("alert")
    expect(notice).to_contain_text(words)
    expect(page.get_by_text("502 Bad Gateway")).to_have_count(0)
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    expect(screen.rows(page)).to_have_count(2)
    losing.clear()
    notice.get_by_role("button", name="Try again").click()
    outcome(page, step)
    expect(notice).to_have_count(0)
    assert not screen.is_focused_within(page, "body:focus")


def test_a_new_conversation_that_is_lost_says_so_in_its_dialog(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 59: The page below a dialog is not where one looks."""
    watch.allow_lost_requests()
    page, losing = signed_in(people.olga), Event()
    losable(page, r"/store/messages/new$", losing, lose)
    page.reload()
    losing.set()
    page.get_by_role("button", name="New conversation").click()
    dialog = page.get_by_role("dialog", name="New conversation")
    dialog.get_by_role("combobox").press_sequentially("mara")
    dialog.get_by_role("option").first.click()
    dialog.get_by_label("Subject").fill("Hello there")
    dialog.get_by_label("Message").fill("Welcome")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text(DOES)
    losing.clear()
    dialog.get_by_role("button", name="Try again").click()
    expect(screen.heading(page, "Hello there")).to_be_visible()


def test_the_list_says_that_there_is_no_connection(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 21: Offline banner, where there is no composer."""
    watch.allow_lost_requests()
    page = signed_in(people.olga)
    state = page.locator("#live-state")
    page.context.set_offline(True)
    expect(state).to_be_visible()
    expect(state).to_have_text("No connection. Trying again…")
    page.context.set_offline(False)
    expect(state).to_be_hidden()
