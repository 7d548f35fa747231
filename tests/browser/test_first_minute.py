"""The first minute of somebody who opens the demo: without reading anything they write, and are answered."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import Watch, serving
from tests.browser.test_accessibility import violations
from tests.browser.test_keyboard_and_phone import tab_until
from webapp.cli.demo.heartbeat import EXTENSION, Pace
from webapp.cli.demo.loading import load
from webapp.cli.demo.pictures import photo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[tuple[Flask, str]]:
    """The demo behind a server, its scripted people quicker than in life."""
    folder = tmp_path_factory.mktemp("demo")
    settings = {"demo": True, "demo_live": True, "storage_url": f"file:{folder / 'files'}"}
    with serving(f"sqlite:///{folder / worker_name}.db", **settings) as (app, url):
        with app.app_context():
            began = time.monotonic()
            load()
            assert time.monotonic() - began < 30, "ten seconds on a quiet machine"
        app.extensions[EXTENSION].pace = Pace(answer=(1, 1.5), start=6, close=8)
        yield app, url


@pytest.fixture
def visitor(demo: tuple[Flask, str], context: BrowserContext, watch: Watch) -> Page:
    watch.base_url = demo[1]
    script = demo[0].extensions[EXTENSION]
    script.visitors.clear()  # nobody was here before
    script.answered.clear()
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{demo[1]}/demo")
    return page


def be(page: Page, who: str) -> None:
    """Sign in by the card of that name; before the page is loaded its modules do not listen."""
    with page.expect_event("load"):
        page.get_by_role("button", name=f"Be the {who}").click()


def test_somebody_who_never_saw_it_writes_gets_a_photo_closes_and_undoes(visitor: Page) -> None:
    """The first minute of a store, on a phone: write, be answered with a photo, close, undo."""
    page = visitor
    be(page, "store")
    expect(screen.rows(page).first).to_be_visible()
    unread = page.get_by_test_id("unread-badge").inner_text()
    screen.row(page, "Gift wrapping for five boxes").click()
    screen.reply_with(page, "Would you like a ribbon, too?")
    expect(screen.message(page, "Would you like a ribbon, too?")).to_have_count(1)
    answer = page.locator("#log-list > .msg").filter(has=page.locator("img"))
    expect(answer).to_have_count(1, timeout=10_000)
    expect(answer.locator("img")).to_have_js_property("complete", True)
    page.get_by_role("button", name="Close conversation").click()
    page.get_by_role("button", name="Undo").click()
    expect(screen.message(page, "Reopened by you")).to_have_count(2)
    page.get_by_role("link", name="Back to conversations").click()
    expect(screen.row(page, "Your ranking this week")).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("unread-badge")).not_to_have_text(unread)
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))


@pytest.mark.slow
def test_the_first_minute_with_the_keyboard_alone_on_a_phone(visitor: Page) -> None:
    """Write, be answered with a photo, send a photo, close, undo: no pointer, and every stop can be seen."""
    page, press = visitor, visitor.keyboard.press
    tab_until(page, re.compile("^Be the store$"))
    press("Enter")
    expect(screen.rows(page).first).to_be_visible()
    tab_until(page, re.compile(r"^(?!Open).*Deliveries to the sailing school", re.DOTALL), limit=60)
    press("Enter")
    expect(screen.heading(page, "Deliveries to the sailing school")).to_be_focused()
    tab_until(page, re.compile("^Skip to your reply$"), limit=1)
    press("Enter")
    expect(screen.reply_box(page)).to_be_focused()
    page.keyboard.type("On Friday morning. Does that suit you?")
    tab_until(page, re.compile("^Send$"), limit=3)
    press("Enter")
    photos = page.locator("#log-list > .msg").filter(has=page.locator("a.image"))
    before = photos.count()
    expect(photos).to_have_count(before + 1, timeout=10_000)
    expect(screen.reply_box(page)).to_be_focused()
    tab_until(page, re.compile("^files$"), limit=2)
    page.get_by_label("Attach files").set_input_files(
        {"name": "porch.jpg", "mimeType": "image/jpeg", "buffer": photo(60)}
    )
    tab_until(page, re.compile("^Send$"), limit=3)
    press("Enter")
    expect(page.get_by_role("img", name=re.compile("^porch.jpg from "))).to_be_visible()
    expect(page.locator(".pending")).to_have_count(0)
    press("Escape")  # leaves the field, for single keys
    press("e")
    expect(page.get_by_text("This conversation is closed.")).to_be_visible()
    press("z")
    expect(screen.message(page, "Reopened by you").last).to_be_visible()
    expect(screen.reply_box(page)).to_be_visible()
    tab_until(page, re.compile("^Back"), key="Shift+Tab")
    press("Enter")
    expect(screen.row(page, "Deliveries to the sailing school")).to_be_visible()


def test_a_customer_is_answered_too_and_a_photo_can_be_sent(visitor: Page) -> None:
    """The first minute of a customer."""
    page = visitor
    be(page, "customer")
    screen.row(page, "Late parcel 1042").click()
    screen.reply_with(page, "Any news of my parcel?")
    answer = page.locator("#log-list > .msg").filter(has=page.locator("img")).last
    expect(answer).to_contain_text(re.compile("photo|picture|looks", re.IGNORECASE), timeout=10_000)


def test_one_browser_can_be_all_three_side_by_side(visitor: Page) -> None:
    page = visitor
    page.get_by_role("button", name="All three, side by side").click()
    expect(page.get_by_role("heading", name="You are all three now")).to_be_visible()
    for name, inbox in (("Ada Quist", "/admin"), ("Olga Petrova", "/store"), ("Mara Lindholm", "/storefront/account")):
        with page.context.expect_page() as opened:
            page.get_by_role("link", name=name).click()
        expect(opened.value).to_have_url(re.compile(rf"{inbox}/messages$"))
        expect(screen.rows(opened.value).first).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_demos_page_breaks_no_rule_at_any_width(visitor: Page, scheme: str) -> None:
    for width in (1280, 390, 320):
        visitor.set_viewport_size({"width": width, "height": 800})
        visitor.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(visitor) == []
        assert visitor.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_signing_in_with_one_click_fits_a_narrow_screen(visitor: Page, demo: tuple[Flask, str]) -> None:
    visitor.set_viewport_size({"width": 320, "height": 800})
    visitor.goto(f"{demo[1]}/storefront/login?store=harbor-goods")
    expect(visitor.get_by_role("button", name=re.compile("^Continue as ")).first).to_be_visible()
    assert visitor.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_hint_is_put_away_for_good(visitor: Page) -> None:
    """At most three hints, one at a time, each gone once it was put away."""
    page = visitor
    be(page, "admin")
    for words in ("Press ? to see", "Hear of new messages", "Customers get an email"):
        expect(page.locator(".hint-line")).to_contain_text(words)
        with page.expect_response("**/admin/appearance"):
            page.get_by_role("button", name="Put this hint away").click()
        expect(page.locator(".hint-line")).to_have_count(0)
        page.reload()
    expect(page.locator(".hint-line")).to_have_count(0)
