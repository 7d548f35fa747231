"""The lines of a log: what groups, which times are shown to whom, and where days begin."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import screen
from tests.browser.conftest import SignIn
from tests.browser.talks import send_many, spread_over_days
from tests.factories import read, send, start
from tests.people import People

pytestmark = pytest.mark.browser


def test_messages_group_and_a_name_is_read_once(people: People, signed_in: SignIn) -> None:
    """Behaviour 13: Message grouping. Behaviour 14: Time display."""
    talk = start(people.olga, people.mara_row, "Late parcel", "one")
    send(people.olga, talk, "two")
    send(people.mara, talk, "three")
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    classes = page.locator("#log-list > .msg").evaluate_all("rows => rows.map(row => row.classList.contains('cont'))")
    assert classes == [False, True, False]
    time = screen.message(page, "one").locator("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time.get_attribute("datetime") or "")
    assert re.search(r"\d{4} at \d\d:\d\d", time.get_attribute("title") or "")


def test_times_are_of_the_readers_zone_and_of_the_profile_without_scripts(
    people: People, context_with: Callable[..., BrowserContext]
) -> None:
    """Behaviour 14: Time display, in a thread."""
    talk = start(people.olga, people.mara_row, "Late parcel", "one")
    path = screen.page_of(people.mara, talk)
    shown = {}
    for scripts in (True, False):
        context = context_with(timezone_id="Asia/Tokyo", java_script_enabled=scripts)
        page = screen.sign_in(context.new_page(), people.mara, path)
        shown[scripts] = screen.message(page, "one").locator("time")
        expect(shown[scripts]).to_have_text(re.compile(r"^\d\d:\d\d$"))
    hour = int(shown[False].inner_text()[:2])
    assert int(shown[True].inner_text()[:2]) == (hour + 9) % 24
    assert (shown[False].get_attribute("title") or "").endswith(f"{shown[False].inner_text()} UTC")


def test_each_day_of_the_readers_zone_has_one_separator_across_pages(
    people: People, context_with: Callable[..., BrowserContext]
) -> None:
    """Behaviour 12: Day separators: exactly one per calendar day, also where two pages meet."""
    talk = start(people.olga, people.mara_row, "Long thread", "number 1")
    send_many(people.olga, talk, 59)
    spread_over_days(talk, 3)
    read(people.mara, talk)
    labels = []
    for zone in ("UTC", "Pacific/Honolulu"):
        page = screen.sign_in(context_with(timezone_id=zone).new_page(), people.mara, screen.page_of(people.mara, talk))
        screen.log(page).evaluate("log => log.scrollTo({ top: -log.scrollHeight })")  # what is above comes by itself
        expect(page.get_by_text("Start of conversation")).to_be_attached()
        assert page.locator("#log-list > [data-seq]").count() == 60
        labels.append(page.locator("#log-list > .day").all_inner_texts())
        assert len(labels[-1]) == len(set(labels[-1])) == 3
    assert labels[0][:2] == labels[1][1:]


def test_the_page_of_a_message_is_of_the_readers_zone(
    people: People, context_with: Callable[..., BrowserContext]
) -> None:
    """Behaviour 14: Time display, on the page of one message."""
    talk = start(people.olga, people.mara_row, "Late parcel", "one")
    path = f"{screen.page_of(people.mara, talk)}/m/1"
    page = screen.sign_in(context_with(timezone_id="Asia/Tokyo").new_page(), people.mara, path)
    time = page.locator("#main time").first
    moment = datetime.fromisoformat(time.get_attribute("datetime") or "").astimezone(ZoneInfo("Asia/Tokyo"))
    expect(time).to_have_text(re.compile(f"{moment:%H:%M}$"))
