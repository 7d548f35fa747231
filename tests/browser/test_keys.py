"""Single keys: each does what a button does, none while one types, all of them listed and switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screen
from tests.browser.conftest import SignIn
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser

REGISTRY = "async () => (await import('/static/js/keys.js')).KEYS.map(({ key, does }) => [key, does])"


@pytest.fixture
def page_of_olga(people: People, signed_in: SignIn) -> Page:
    for subject in ("Third", "Second", "First"):
        start(people.olga, people.mara_row, subject)
    return signed_in(people.olga)


def test_the_whole_inbox_is_driven_by_single_keys(page_of_olga: Page) -> None:
    """Behaviour 42: Keyboard: j, k, Enter, r, e, z, u, c, /, ? and Escape from the body."""
    page, press = page_of_olga, page_of_olga.keyboard.press
    press("j")
    expect(screen.row(page, "First")).to_be_focused()
    press("j")
    press("j")
    expect(screen.row(page, "Third")).to_be_focused()
    press("k")
    press("Enter")
    expect(screen.heading(page, "Second")).to_be_focused()
    press("r")
    expect(screen.reply_box(page)).to_be_focused()
    page.keyboard.type("jke/?")
    expect(screen.reply_box(page)).to_have_value("jke/?")
    page.keyboard.press("Escape")
    expect(screen.log(page)).to_be_focused()
    press("e")
    expect(page.get_by_role("button", name="Reopen conversation")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    press("z")
    expect(page.get_by_role("button", name="Close conversation")).to_be_visible()
    expect(screen.row(page, "Second")).to_have_count(1)
    press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    press("Escape")
    expect(screen.row(page, "Second")).to_be_focused()
    press("Control+e")
    press("u")
    expect(page).to_have_url(re.compile("/store/messages$"))
    page.wait_for_load_state()
    press("c")
    expect(page.get_by_role("heading", name="New conversation")).to_be_visible()


def test_the_help_lists_exactly_the_keys_that_work(page_of_olga: Page) -> None:
    """Behaviour 43: Shortcut help: the list equals the registry that the code uses."""
    page = page_of_olga
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    listed = zip(dialog.locator("dt").all_inner_texts(), dialog.locator("dd").all_inner_texts(), strict=True)
    known = [["Esc" if key == "Escape" else key, does] for key, does in page.evaluate(REGISTRY)]
    assert [list(one) for one in listed] == known
    page.keyboard.press("j")
    expect(screen.row(page, "First")).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_keys_can_be_switched_off_for_good(page_of_olga: Page) -> None:
    """Behaviour 42: the switch in the help turns single keys off, everywhere and after a reload."""
    page = page_of_olga
    page.keyboard.press("?")
    with page.expect_response("**/store/appearance"):
        page.get_by_role("dialog").get_by_role("checkbox", name="Single keys act at once").uncheck()
    page.keyboard.press("Escape")
    for _ in range(2):
        page.keyboard.press("c")
        page.keyboard.press("j")
        expect(screen.row(page, "First")).not_to_be_focused()
        expect(page).to_have_url(re.compile("/store/messages$"))
        page.reload()
    page.get_by_role("button", name="Display").click()
    with page.expect_response("**/store/appearance"):
        page.get_by_role("checkbox", name="Single keys act at once").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(screen.row(page, "First")).to_be_focused()


def test_a_customer_has_no_single_keys(people: People, signed_in: SignIn) -> None:
    """Behaviour 42: off in the storefront, where nobody learns them."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    page.keyboard.press("r")
    expect(screen.reply_box(page)).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
