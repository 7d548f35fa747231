"""The first page: how much is transferred, whether it moves, and that it asks nobody else for anything."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Response

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn
from tests.factories import start
from tests.people import People

pytestmark = pytest.mark.browser

MOST = 60 * 1024
SHIFT = """() => new Promise(done => { let sum = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value; })
  .observe({ type: "layout-shift", buffered: true }); setTimeout(() => done(sum), 600); })"""


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_the_first_page_is_light_and_still(
    people: People, signed_in: SignIn, context: BrowserContext, name: str
) -> None:
    """The page of 25 conversations with all that it loads within 60 KB, headers included; shift under 0.02."""
    author = people.ada if name == "ada" else people.olga
    for number in range(25):
        start(author, people.mara_row, f"Parcel {number}", "Where is it? " * 8)
    page = signed_in(getattr(people, name))
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        if "/live" not in response.url:
            size = response.request.sizes()
            sizes[response.url] = size["responseBodySize"] + size["responseHeadersSize"]

    page.goto("about:blank")
    page.on("requestfinished", lambda request: note(request.response()))
    session = context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(screen.MESSAGES[getattr(people, name).side])
    assert page.evaluate(SHIFT) < 0.02
    assert len(sizes) > 10
    assert page.url in sizes
    assert sum(sizes.values()) <= MOST, sorted(sizes.items(), key=lambda one: -one[1])
