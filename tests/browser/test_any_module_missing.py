"""What a page can do does not hang on one module: opening, replying and attaching pass with any of them blocked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.browser.talks import talk_with
from tests.guards.sources import ROOT
from tests.people import People

pytestmark = pytest.mark.browser

MODULES = sorted(path.stem for path in (ROOT / "static/js").glob("*.js"))
TAKING_PART = {"attempts", "files", "list", "live", "news", "pending", "reply", "send", "transfer"}
"""What these flows go through; the others are blocked in the slow half of the suite."""
FILE = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"A note"}


def test_there_are_modules_to_block() -> None:
    assert {"log", "time", "seen", "cap", *TAKING_PART} <= set(MODULES)


@pytest.mark.parametrize(
    "module", [pytest.param(one, marks=() if one in TAKING_PART else pytest.mark.slow) for one in MODULES]
)
def test_without_a_module_one_opens_replies_and_attaches(
    people: People, signed_in: SignIn, watch: Watch, module: str
) -> None:
    """The core flows pass with any one module blocked."""
    watch.allow_lost_requests()
    talk_with(people, "olga")
    page = signed_in(people.olga, "/store")
    page.route(f"**/static/js/{module}.js", lambda route: route.abort())
    page.goto("/store/messages")
    screen.row(page, "Late parcel").click()
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    page.get_by_label("Attach files").set_input_files([FILE])  # type: ignore[list-item]
    screen.reply_with(page, "With a file")
    expect(page.get_by_role("link", name=re.compile("^note.txt"))).to_be_visible()
    expect(screen.message(page, "With a file")).to_have_count(1)
    expect(screen.reply_box(page)).to_have_value("")
