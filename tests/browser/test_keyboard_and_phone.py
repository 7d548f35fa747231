"""The keyboard alone, and the phone: every stop can be seen, every target can be hit, nothing scrolls sideways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.browser.pages import prepare
from tests.factories import read, start
from tests.people import People

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}

FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { what: at.outerHTML.slice(0, 120), shown,
           free: !!top && (at === top || at.contains(top) || !!top.closest("label")?.contains(at)),
           name: at.getAttribute("aria-label") || at.textContent.trim() || at.id };
}"""
# Only links within a sentence are as high as its line (WCAG 2.2, 2.5.8 lets them be).
SMALL = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
  .filter(e => e.checkVisibility() && !e.closest(".b, .error-summary, .skip, [popover]:not(:popover-open)"))
  .filter(e => !e.matches("p > a:not(.btn)"))
  .map(e => [e.matches("[type=checkbox], [type=radio], [type=file]") ? e.closest("label") ?? e : e, e])
  .map(([box, e]) => [box.getBoundingClientRect(), e.outerHTML.slice(0, 120)])
  .filter(([r]) => r.width < 24 || r.height < 24).map(([r, html]) => `${r.width}x${r.height} ${html}`)"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"


def tab_until(page: Page, name: re.Pattern[str], key: str = "Tab", limit: int = 40) -> list[str]:
    """Press Tab until something of that name has the focus; every stop on the way must show it, uncovered."""
    stops: list[str] = []
    page.wait_for_load_state()  # a page that is still loading has no styles and begins to be walked anew
    for _ in range(limit):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUS)
        stops.append(stop["name"])
        assert stop["shown"], f"no visible focus on {stop['what']} after {stops}"
        assert stop["free"], f"covered: {stop['what']}"
        if name.search(stop["name"]):
            return stops
    raise AssertionError(f"never reached {name.pattern}: {stops}")


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_everything_is_reached_and_done_with_the_keyboard(people: People, signed_in: SignIn, name: str) -> None:
    viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "Late parcel")
    read(people.mara, talk)
    page = signed_in(viewer)
    tab_until(page, re.compile("Skip to conversation"), limit=1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#thread$"))
    assert screen.is_focused_within(page, "#thread")
    tab_until(page, re.compile("Late parcel"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(screen.heading(page, "Late parcel")).to_be_focused()
    tab_until(page, re.compile("More actions"))
    page.keyboard.press("Enter")
    tab_until(page, re.compile("Mark unread"), limit=2)
    tab_until(page, re.compile("Email me"), limit=1)
    page.keyboard.press("Space")
    expect(page.get_by_role("switch")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More actions")).to_be_focused()
    tab_until(page, re.compile("^body$"))
    page.keyboard.type("Typed by hand")
    tab_until(page, re.compile("^files$"), limit=1)
    tab_until(page, re.compile("^Send$"), limit=1)
    page.keyboard.press("Enter")
    expect(screen.message(page, "Typed by hand").locator(".acts")).to_be_visible()
    expect(page.locator(".pending")).to_have_count(0)
    expect(screen.reply_box(page)).to_be_focused()
    tab_until(page, re.compile("More actions"), key="Shift+Tab")
    tab_until(page, re.compile("Sign out"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_phone_shows_the_list_or_the_thread_and_back_returns(people: People, signed_in: SignIn, name: str) -> None:
    viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    for number in range(12):
        start(author, people.mara_row, f"Parcel {number:02}")
    page = signed_in(viewer)
    page.set_viewport_size(PHONE)
    expect(screen.row(page, "Parcel 00")).to_have_count(1)
    expect(page.locator("#thread")).to_be_hidden()
    screen.row(page, "Parcel 03").click()
    expect(screen.heading(page, "Parcel 03")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/messages/\d+$"))
    expect(page.get_by_role("heading", name="Conversations")).to_be_hidden()
    expect(screen.reply_box(page)).to_be_in_viewport(ratio=1)
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(screen.row(page, "Parcel 03")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()
    screen.row(page, "Parcel 03").click()
    page.get_by_role("link", name="Back to conversations").click()
    expect(page).to_have_url(re.compile("/messages$"))
    expect(screen.row(page, "Parcel 03")).to_be_visible()


@pytest.mark.parametrize(
    "who", ["wim_at_harbor", "mara", *(pytest.param(one, marks=pytest.mark.slow) for one in ("nobody", "ada"))]
)
def test_nothing_scrolls_sideways_and_every_target_is_large_enough(
    people: People, signed_in: SignIn, context: BrowserContext, watch: Watch, who: str
) -> None:
    watch.allow(404)
    paths, found = prepare(people)[who], []
    page = context.new_page() if who == "nobody" else signed_in(getattr(people, who))
    for path in paths:
        page.goto(path)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            if (wider := page.evaluate(WIDER)) > 0:
                found.append(f"{path} is {wider} px too wide at {width}")
            found += [f"{path} at {width}: {target}" for target in page.evaluate(SMALL)]
    assert found == []
