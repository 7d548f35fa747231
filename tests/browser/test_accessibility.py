"""Every page in light and dark, wide and narrow, against the rules of axe for WCAG 2.2 AA and best practice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.browser.pages import prepare
from tests.people import People

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A colour that is on its way from one scheme to the other has no contrast yet.
RUN = """async tags => {
  const changing = document.getAnimations().filter(one => one instanceof CSSTransition);
  await Promise.allSettled(changing.map(one => one.finished));
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return violations.map(
    v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(" | ")}`);
}"""


LOOKS = [(width, scheme) for width in (1280, 390, 320) for scheme in ("light", "dark")]
Looks = Callable[[str], list[tuple[int, str]]]
"""In which of the looks what goes by this name is looked at."""
EVERY_LOOK = pytest.mark.parametrize(
    "looks",
    [lambda name: [LOOKS[crc32(name.encode()) % len(LOOKS)]], pytest.param(lambda _: LOOKS, marks=pytest.mark.slow)],
    ids=["one", "all"],
)
"""One after the other here, all of them in the slow half."""


def violations(page: Page) -> list[str]:
    if page.evaluate("!window.axe"):
        page.evaluate(AXE)
    return page.evaluate(RUN, TAGS)


def everywhere(page: Page, paths: list[str], looks: Looks) -> dict[str, Any]:
    found = {}
    for path in paths:
        page.goto(path)
        for width, scheme in looks(path):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if problems := violations(page):
                found[f"{path} {width} {scheme}"] = problems
    return found


@EVERY_LOOK
@pytest.mark.parametrize("who", ["nobody", "ada", "wim_at_harbor", "mara"])
def test_no_page_breaks_a_rule(
    people: People, signed_in: SignIn, context: BrowserContext, watch: Watch, who: str, looks: Looks
) -> None:
    watch.allow(404)
    paths = prepare(people)[who]
    page = context.new_page() if who == "nobody" else signed_in(getattr(people, who))
    assert everywhere(page, paths, looks) == {}


@EVERY_LOOK
@pytest.mark.parametrize("name", ["ada", "wim_at_tea", "luis"])
def test_an_empty_inbox_breaks_no_rule(people: People, signed_in: SignIn, name: str, looks: Looks) -> None:
    viewer = getattr(people, name)
    assert everywhere(signed_in(viewer), [screen.MESSAGES[viewer.side]], looks) == {}


def test_a_page_with_errors_and_an_open_menu_break_no_rule(people: People, signed_in: SignIn, watch: Watch) -> None:
    watch.allow(404, 422)
    paths = prepare(people)["ada"]
    page = signed_in(people.ada, "/admin/messages/new")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []
    page.get_by_role("combobox", name="Recipient").press_sequentially("a")
    page.get_by_role("option").first.wait_for()
    assert violations(page) == []
    page.goto(next(path for path in paths if re.search(r"/messages/\d+$", path)))
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("switch").wait_for()
    assert violations(page) == []


def test_axe_would_find_a_broken_page(people: People, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/admin/login")
    page.evaluate("() => document.querySelector('label[for=email]').remove()")
    assert any(problem.startswith("label:") for problem in violations(page))
