"""Little height: zoom of 400% and 200%, a phone held across, a phone with its keyboard open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn
from tests.browser.talks import send_many
from tests.factories import read, start
from tests.people import People

pytestmark = pytest.mark.browser

SIZES = [(320, 256), (640, 360), (844, 390), (390, 440)]
LEAST_LOG = 150
SCROLLED_UP = """() => { const log = document.getElementById("log"); log.scrollTo(0, -log.scrollHeight);
  return !document.getElementById("to-latest").hidden }"""
UNCOVERED = """element => { const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !!top && (element === top || element.contains(top)); }"""
WIDER = "document.documentElement.scrollWidth - innerWidth"


def turn_until_in_view(page: Page, wanted: Locator, over: Locator) -> None:
    """Turn the wheel down over something until ``wanted`` is on the screen, and nothing lies over it."""
    for _ in range(40):
        box = over.bounding_box()
        size = page.viewport_size
        assert box
        assert size
        page.mouse.move(box["x"] + box["width"] / 2, min(max(box["y"] + 5, 5), size["height"] - 5))
        page.mouse.wheel(0, 60)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if wanted.evaluate(UNCOVERED):
            return
    raise AssertionError("the wheel never brought it into view")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_row_and_send_are_reached_and_the_log_has_room(
    people: People, signed_in: SignIn, name: str, size: tuple[int, int]
) -> None:
    """Behaviour 71: zoom and reflow, also where there is little height."""
    viewer, author = getattr(people, name), people.ada if name == "ada" else people.olga
    for number in range(8):
        talk = start(author, people.mara_row, f"Parcel {number:02}", "Hello " * 40)
    for reader in (viewer, people.mara):
        read(reader, talk)
    page = signed_in(viewer)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    wanted = screen.row(page, "Parcel 01")
    turn_until_in_view(page, wanted, page.locator(".list"))
    wanted.click()
    expect(screen.heading(page, "Parcel 01")).to_be_in_viewport()
    page.goto(screen.page_of(viewer, talk))
    send_many(author if name == "mara" else people.mara if name == "olga" else people.ada, talk, 25)
    latest = screen.message(page, "number 26")
    expect(latest).to_be_attached()
    assert page.locator("#log").evaluate("log => log.clientHeight") >= LEAST_LOG
    assert page.evaluate(WIDER) <= 0
    latest.scroll_into_view_if_needed()
    assert latest.evaluate(UNCOVERED)
    send = page.get_by_role("button", name="Send", exact=True)
    turn_until_in_view(page, send, page.locator("#log"))
    screen.reply_with(page, "From a small window")
    expect(screen.message(page, "From a small window").locator(".acts")).to_be_attached()
    page.wait_for_function(SCROLLED_UP)
    page.get_by_role("link", name="Jump to latest").click()
    expect(screen.message(page, "From a small window")).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_menu_of_a_thread_fits_on_a_short_screen(people: People, signed_in: SignIn, size: tuple[int, int]) -> None:
    talk = start(people.olga, people.mara_row, "A subject that is long enough for more than one line of a phone")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    screen.open_menu(page)
    for item in (page.get_by_role("button", name="Mark unread"), page.get_by_role("switch", name=re.compile("Email"))):
        item.scroll_into_view_if_needed()
        page.wait_for_function(UNCOVERED, arg=item.element_handle())
