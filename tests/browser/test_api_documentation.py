"""The documentation of the API as people read it: links open what they lead to, and nothing breaks a rule of axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("live_app")
def test_a_link_opens_its_operation_and_everything_open_breaks_no_rule(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/api/v1/docs")
    answer = page.locator("#store_reopen_conversation")
    expect(answer).to_be_hidden()

    page.get_by_role("link", name="Reopen a conversation").nth(1).press("Enter")
    expect(answer).to_be_visible()
    expect(answer).to_contain_text("Open already: nothing changes.")

    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
