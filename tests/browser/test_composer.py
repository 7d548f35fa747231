"""The composer of a thread: which key sends, how it grows, and what it says without a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.browser.talks import talk_with
from tests.factories import send
from tests.people import People
from webapp.accounts.viewer import Viewer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["olga", "mara"])
def test_enter_makes_a_line_until_one_prefers_that_it_sends(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 28: Send key choice."""
    viewer: Viewer = getattr(people, name)
    path = screen.page_of(viewer, talk_with(people, name))
    page = signed_in(viewer, path)
    box = screen.reply_box(page)
    box.press_sequentially("one")
    box.press("Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")
    box.press("Control+Enter")
    expect(screen.message(page, "one")).to_have_count(1)
    page.get_by_role("button", name="Display").click()
    with page.expect_response("**/appearance"):
        page.get_by_role("checkbox", name="Enter sends").check()
    page.reload()
    expect(page.get_by_text("Enter sends, Shift + Enter makes a new line.")).to_be_visible()
    box.press_sequentially("three")
    box.press("Shift+Enter")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    box.press_sequentially("four")
    expect(box).to_have_value("three\nfour")
    box.press("Enter")
    expect(screen.message(page, "three")).to_have_count(1)
    expect(box).to_have_value("")


def test_enter_makes_a_line_on_a_phone_whatever_one_prefers(
    people: People, context_with: Callable[..., BrowserContext]
) -> None:
    """Behaviour 28: Send key choice, by touch."""
    context = context_with(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = screen.sign_in(context.new_page(), people.mara, screen.page_of(people.mara, talk_with(people, "mara")))
    page.get_by_role("button", name="Display").click()
    with page.expect_response("**/appearance"):
        page.get_by_role("checkbox", name="Enter sends").check()
    page.keyboard.press("Escape")
    assert page.evaluate("document.body.dataset.enter") == "send"
    box = screen.reply_box(page)
    box.press_sequentially("one")
    box.press("Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")


def test_the_composer_grows_and_covers_nothing(people: People, signed_in: SignIn) -> None:
    """Behaviour 29: Auto-growing textarea."""
    page = signed_in(people.olga, screen.page_of(people.olga, talk_with(people, "olga")))
    box = screen.reply_box(page)
    height = "box => box.getBoundingClientRect().height"
    box.fill("line")
    low = box.evaluate(height)
    box.fill("line\n" * 6)
    assert box.evaluate(height) > low
    box.fill("line\n" * 200)
    assert box.evaluate(height) <= 0.4 * page.evaluate("innerHeight") + 1
    last = screen.log(page).locator(".msg").last.bounding_box()
    composer = page.locator("#composer").bounding_box()
    assert last
    assert composer
    assert last["y"] + last["height"] <= composer["y"]


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_without_a_network_one_writes_on_and_nothing_is_missed(
    people: People, signed_in: SignIn, context: BrowserContext, watch: Watch, name: str
) -> None:
    """Behaviour 21: Offline banner and lock."""
    watch.allow_lost_requests()
    viewer: Viewer = getattr(people, name)
    talk = talk_with(people, name)
    page = signed_in(viewer, screen.page_of(viewer, talk))
    page.wait_for_load_state()
    context.set_offline(True)
    banner = page.locator("#composer").get_by_text("No connection. Your text is kept here.")
    expect(banner).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    screen.reply_box(page).fill("Written in a tunnel")
    screen.reply_box(page).press("Control+Enter")
    expect(screen.reply_box(page)).to_have_value("Written in a tunnel")
    send({"ada": people.mara, "olga": people.mara, "mara": people.olga}[name], talk, "While you were away")
    page.wait_for_timeout(300)
    expect(screen.message(page, "While you were away")).to_have_count(0)
    context.set_offline(False)
    expect(banner).to_be_hidden()
    expect(screen.message(page, "While you were away")).to_have_count(1)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(screen.message(page, "Written in a tunnel")).to_have_count(1)


def test_the_words_about_keys_stand_beside_send(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.olga, screen.page_of(people.olga, talk_with(people, "olga")))
    words = page.locator("#reply-hint").bounding_box()
    send = page.get_by_role("button", name="Send", exact=True).bounding_box()
    assert words
    assert send
    assert send["x"] - words["x"] - words["width"] < 20
