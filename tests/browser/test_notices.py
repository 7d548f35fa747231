"""Toasts: short, never in the way of the one who reads them, and errors stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.factories import send, start
from tests.people import People

pytestmark = pytest.mark.browser

RAISE = "detail => document.dispatchEvent(new CustomEvent('toast', { detail }))"


def test_errors_stay_others_leave_and_never_more_than_three(people: People, signed_in: SignIn) -> None:
    """Behaviour 61: Toasts."""
    page = signed_in(people.olga)
    page.clock.install()
    for number in range(4):
        page.evaluate(RAISE, {"text": f"Saved {number}"})
    toasts = page.locator(".toast")
    expect(toasts).to_have_text(["Saved 1×", "Saved 2×", "Saved 3×"])
    expect(page.locator("#announcer")).to_have_text("Saved 3")
    page.evaluate(RAISE, {"text": "Not saved", "kind": "error"})
    expect(page.get_by_role("alert").filter(has_text="Not saved")).to_be_visible()
    toasts.filter(has_text="Saved 2").hover()
    page.clock.run_for(9000)
    expect(toasts).to_have_text(["Saved 2×", "Not saved×"])
    page.mouse.move(900, 300)
    page.clock.run_for(9000)
    expect(toasts).to_have_text(["Not saved×"])
    page.get_by_role("button", name="Dismiss").click()
    expect(toasts).to_have_count(0)


def test_nobody_is_asked_for_notifications_without_a_click(people: People, signed_in: SignIn) -> None:
    """Behaviour 57: Browser notifications: no prompt without a click, none while the page is seen."""
    page = signed_in(people.mara)
    page.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'denied'; };"
    )
    page.reload()
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Turn on notifications").click()
    expect(page.get_by_role("alert")).to_contain_text("does not allow notifications")
    assert page.evaluate("window.asked") == 1


COUNT = """() => {
  window.shown = 0; window.sounds = 0; window.seen = "hidden";
  Object.defineProperty(document, "visibilityState", { get: () => window.seen });
  window.Notification = class extends Notification {
    static get permission() { return "granted"; } // a browser without a window knows no other answer than no
    constructor(...words) { super(...words); window.shown += 1; }
  };
  window.AudioContext = class extends AudioContext { constructor() { super(); window.sounds += 1; } };
}"""


def told(page: Page) -> tuple[int, int]:
    """How often the page was heard and how often it showed something outside of itself."""
    return page.evaluate("[window.sounds, window.shown]")


def test_a_hidden_page_tells_of_new_messages_once_a_minute_and_sounds_only_when_asked(
    people: People, signed_in: SignIn
) -> None:
    """Behaviour 57: Browser notifications, sound: off by default, one a minute, none while the page is seen."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    expect(page.locator("body[data-live=on]")).to_have_count(1)
    badge = page.get_by_test_id("unread-badge")
    page.evaluate(COUNT)
    page.evaluate("window.seen = 'visible'")
    send(people.mara, talk, "While you look")
    expect(badge).to_have_text("1")
    assert told(page) == [0, 0]
    page.get_by_role("button", name="Display").click()
    sound = page.get_by_role("checkbox", name="Play one for new messages while I am elsewhere")
    expect(sound).not_to_be_checked()
    with page.expect_response("**/store/appearance"):
        sound.check()
    page.evaluate("window.seen = 'hidden'")
    for number in (2, 3):
        send(people.mara, talk, "While you are away")
        expect(badge).to_have_text(str(number))
    assert told(page) == [1, 1]
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-sound", "on")


def test_nothing_sounds_for_who_did_not_ask(people: People, signed_in: SignIn) -> None:
    """Behaviour 57: the sound is off by default, also in a hidden page."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    expect(page.locator("body[data-live=on]")).to_have_count(1)
    page.mouse.click(900, 500)
    page.evaluate(COUNT)
    send(people.mara, talk, "While you are away")
    expect(page.get_by_test_id("unread-badge")).to_have_text("1")
    assert told(page) == [0, 1]
