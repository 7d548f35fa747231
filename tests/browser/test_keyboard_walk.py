"""Whole walks with the keyboard alone, in every portal, with JavaScript and without: no stop is hidden or covered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, STAFF, SignIn
from tests.browser.test_keyboard_and_phone import tab_until
from tests.factories import read, start
from tests.people import People

pytestmark = pytest.mark.browser

NOTE: Any = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"A note"}
INSIDE = "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"


def three_talks(people: People, name: str) -> None:
    author = people.ada if name == "ada" else people.olga
    for subject in ("Third", "Second", "First"):
        talk = start(author, people.mara_row, subject)
        if name == "mara":
            read(people.mara, talk)


def to_a_row(page: Page) -> None:
    """From the top over the link that skips what stands before, then back into the list."""
    tab_until(page, re.compile("Skip to conversation"), limit=1)
    page.keyboard.press("Enter")
    assert screen.is_focused_within(page, "#thread")
    tab_until(page, re.compile("First|Second|Third"), key="Shift+Tab")


@pytest.mark.parametrize("name", STAFF)
def test_a_walk_with_single_keys(people: People, signed_in: SignIn, name: str) -> None:
    three_talks(people, name)
    page = signed_in(getattr(people, name))
    press = page.keyboard.press
    to_a_row(page)
    for key in ("k", "k", "j", "j", "Enter"):
        press(key)
    expect(screen.heading(page, "Third")).to_be_focused()
    press("r")
    expect(screen.reply_box(page)).to_be_focused()
    page.keyboard.type("Typed by hand")
    tab_until(page, re.compile("^files$"), limit=1)
    page.get_by_label("Attach files").set_input_files([NOTE])
    tab_until(page, re.compile("^body$"), key="Shift+Tab", limit=3)
    press("Control+Enter")
    expect(screen.message(page, "Typed by hand")).to_contain_text("note.txt")
    expect(screen.reply_box(page)).to_be_focused()
    expect(screen.reply_box(page)).to_have_value("")
    expect(page.locator(".pending")).to_have_count(0)
    press("Escape")
    press("e")
    expect(page.get_by_role("button", name="Reopen conversation")).to_be_visible()
    tab_until(page, re.compile("^Undo$"))
    press("Enter")
    expect(page.get_by_role("button", name="Close conversation")).to_be_visible()
    press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    press("Escape")
    press("c")
    expect(page.get_by_role("dialog", name="New conversation")).to_be_visible()
    for _ in range(10):
        press("Tab")
        assert page.evaluate(INSIDE)
    press("Escape")
    expect(page.get_by_role("button", name="New conversation")).to_be_focused()
    press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.fixture
def page_without_scripts(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_walk_with_tab_and_enter_and_without_scripts(people: People, page_without_scripts: Page, name: str) -> None:
    """Behaviour 66: JS off: open, reply with a file, close and reopen, compose, sign out."""
    three_talks(people, name)
    page, press = page_without_scripts, page_without_scripts.keyboard.press
    screen.sign_in(page, getattr(people, name))
    to_a_row(page)
    press("Enter")
    expect(page.locator("#thread h1")).to_be_visible()
    tab_until(page, re.compile("^body$"))
    page.keyboard.type("Typed by hand")
    tab_until(page, re.compile("^files$"), limit=2)
    page.get_by_label("Attach files").set_input_files([NOTE])
    tab_until(page, re.compile("^Send$"), limit=3)
    with page.expect_event("load"):  # only then Tab goes on from the place that the address names
        press("Enter")
    expect(screen.message(page, "Typed by hand")).to_contain_text("note.txt")
    if name != "mara":
        tab_until(page, re.compile("^Close conversation$"), key="Shift+Tab")
        press("Enter")
        expect(page.get_by_text("This conversation is closed.")).to_be_visible()
        tab_until(page, re.compile("^(Reopen conversation|Undo)$"))
        press("Enter")
        expect(screen.reply_box(page)).to_be_visible()
        tab_until(page, re.compile("^New conversation$"))
        press("Enter")
        expect(page.get_by_role("heading", name="New conversation", level=1)).to_be_visible()
        if name == "ada":
            page.get_by_role("radio", name="A store").focus()
            press("ArrowDown")
        tab_until(page, re.compile("^recipient$"))
        page.keyboard.type("mara.lind@example.com")
        tab_until(page, re.compile("^subject$"), limit=2)
        page.keyboard.type("By hand")
        tab_until(page, re.compile("^new-body$"), limit=1)
        page.keyboard.type("Without a script")
        tab_until(page, re.compile("^Send$"), limit=4)
        press("Enter")
        expect(screen.heading(page, "By hand")).to_be_visible()
    tab_until(page, re.compile("^Sign out$"), key="Shift+Tab" if name == "mara" else "Tab")
    press("Enter")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
