"""The list: two panels, one on a phone, filters in the address, and news that never move what one points at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.factories import close, read, send, start
from tests.people import People

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 700}
EVENT = "([name, id]) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { id } }))"


def a_full_inbox(people: People, name: str, count: int = 14) -> None:
    author = people.ada if name == "ada" else people.olga
    for number in range(count):
        start(author, people.mara_row, f"Parcel {number:02}")


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_list_and_thread_scroll_by_themselves(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 1: Split panel: the list 18 to 26 rem left, the thread right, and the page itself never scrolls."""
    a_full_inbox(people, name)
    page = signed_in(getattr(people, name))
    screen.row(page, "Parcel 13").click()
    expect(screen.heading(page, "Parcel 13")).to_be_visible()
    left, right = page.locator(".list").bounding_box(), page.locator("#thread").bounding_box()
    assert left
    assert right
    assert 18 * 16 - 2 <= left["width"] <= 26 * 16
    assert right["x"] >= left["x"] + left["width"] - 1
    assert page.evaluate("() => document.documentElement.scrollHeight - innerHeight") <= 0
    assert page.evaluate("() => { const r = document.querySelector('#rows'); return r.scrollHeight > r.clientHeight; }")


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_back_on_a_phone_finds_the_place_in_the_list(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 2: Phone: one panel, real URLs, Back to the same place with the focus on the row that was left."""
    a_full_inbox(people, name)
    page = signed_in(getattr(people, name))
    page.set_viewport_size(PHONE)
    page.reload()
    screen.row(page, "Parcel 02").scroll_into_view_if_needed()
    before = page.evaluate("document.querySelector('#rows').scrollTop")
    assert before > 100
    screen.row(page, "Parcel 02").click()
    expect(screen.heading(page, "Parcel 02")).to_be_visible()
    expect(page.locator(".list")).to_be_hidden()
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(screen.row(page, "Parcel 02")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/messages$"))
    assert abs(page.evaluate("document.querySelector('#rows').scrollTop") - before) <= 5


def test_a_deep_link_keeps_filters_and_shows_a_thread_they_hide(people: People, signed_in: SignIn) -> None:
    """Behaviour 3: Deep link to thread with filters kept, also when the filter hides the thread."""
    late = start(people.olga, people.mara_row, "Late parcel")
    other = start(people.olga, people.luis_row, "A refund")
    page = signed_in(people.olga, f"{screen.page_of(people.olga, late)}?q=late")
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel")])
    expect(screen.row(page, "Late parcel")).to_have_attribute("aria-current", "true")
    page.goto(f"{screen.page_of(people.olga, other)}?q=late")
    expect(screen.heading(page, "A refund")).to_be_visible()
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel")])


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_the_unread_count_is_in_the_header_the_title_and_the_icon(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviours 10 and 11: Unread badge in the header; title count, favicon dot and the app's badge."""
    writer = people.ada if name in {"olga", "mara"} else people.olga
    to = people.mara_row if name == "mara" else (people.olga_row, people.harbor)
    talk = start(people.ada, to, "Payout")
    if name == "ada":
        read(people.ada, talk)
    page = signed_in(getattr(people, name), None)
    page.add_init_script("navigator.setAppBadge = async n => { window.told = n; }")
    for _ in range(2 if name == "ada" else 1):
        send(writer, talk, "Hello")
    page.reload()
    count = page.get_by_test_id("unread-badge").inner_text()
    assert count == "2"
    expect(page.get_by_role("link", name=f"Messages, {count} unread")).to_be_visible()
    expect(page).to_have_title(re.compile(rf"^\({count}\) "))
    assert page.locator("link[rel=icon]").get_attribute("href").endswith("icon-unread.svg")
    assert page.evaluate("window.told") == 2
    read(getattr(people, name), talk)
    page.evaluate(EVENT, ["live:badge", 0])
    expect(page.get_by_test_id("unread-badge")).to_be_hidden()
    expect(page).to_have_title(re.compile(r"^(?!\()"))
    assert page.locator("link[rel=icon]").get_attribute("href").endswith("icon.svg")


def test_views_and_chips_are_links_that_back_undoes(people: People, signed_in: SignIn) -> None:
    """Behaviours 39 and 41: Filters in the address, chips removable one by one, views that are plain links."""
    close(people.olga, start(people.olga, people.luis_row, "Long over"))
    send(people.mara, start(people.olga, people.mara_row, "Late parcel"), "Hello?")
    start(people.olga, people.luis_row, "A refund")
    page = signed_in(people.olga)
    views = page.get_by_role("navigation", name="Views")
    views.get_by_role("link", name="Closed").click()
    expect(screen.rows(page)).to_have_text([re.compile("Long over")])
    expect(page).to_have_url(re.compile(r"\?status=closed$"))
    expect(page.get_by_role("combobox", name="Status")).to_have_value("closed")
    expect(page.locator("#announcer")).to_have_text("1 conversation")
    views.get_by_role("link", name="Unread").click()
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel")])
    expect(page.get_by_role("checkbox", name="Unread only")).to_be_checked()
    page.get_by_role("link", name="Remove filter Unread").click()
    expect(screen.rows(page)).to_have_count(3)
    expect(page).to_have_url(re.compile(r"\?status=all$"))
    expect(page.get_by_role("checkbox", name="Unread only")).not_to_be_checked()
    with page.expect_event("load"):  # the page is loaded anew; before that nothing listens
        page.go_back()
    expect(screen.rows(page)).to_have_text([re.compile("Late parcel")])
    expect(page).to_have_url(re.compile(r"unread=1"))


def test_empty_places_say_what_can_be_done(people: People, signed_in: SignIn) -> None:
    """Behaviours 40 and 58: Search without results, an empty inbox and no thread, each with a heading and a way on."""
    page = signed_in(people.ada, "/admin/messages?scope=team")
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    expect(page.locator("#rows").get_by_role("link", name="New conversation")).to_be_visible()
    expect(page.get_by_role("heading", name="No conversation open")).to_be_visible()
    start(people.ada, people.mara_row, "Your account")
    page.goto("/admin/messages?q=parcel")
    expect(page.get_by_role("heading", name="No conversations match")).to_be_visible()
    page.locator("#rows .empty").get_by_role("link", name="Clear filters").click()
    expect(screen.row(page, "Your account")).to_be_visible()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)


def test_a_list_under_the_pointer_waits_and_offers_what_changed(people: People, signed_in: SignIn) -> None:
    """Behaviour 74: Live list reorder without moving under the pointer."""
    first = start(people.olga, people.mara_row, "First")
    start(people.olga, people.mara_row, "Second")
    page = signed_in(people.olga)
    screen.row(page, "Second").hover()
    page.mouse.move(120, 420)
    send(people.mara, first, "Come up")
    offer = page.get_by_role("button", name=re.compile(r"^\d updated, show$"))
    expect(offer).to_be_visible()
    assert screen.subjects(page) == ["Second", "First"]
    offer.click()
    expect(page.locator("#rows .subj")).to_have_text(["First", "Second"])
    expect(page.locator(".updated")).to_have_count(0)
    page.mouse.move(800, 300)
    send(people.mara, start(people.olga, people.mara_row, "Third"), "Now")
    expect(page.locator("#rows .subj")).to_have_text(["Third", "First", "Second"])


def test_a_slow_answer_shows_a_bar_and_keeps_what_was_there(people: People, signed_in: SignIn) -> None:
    """Behaviour 59: Loading: nothing for a moment, then a thin bar, and the old content stays till the swap."""
    start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    held = []
    page.route("**/_/thread", lambda route: held.append(route))  # noqa: PLW0108  (playwright binds to the function)
    screen.row(page, "Late parcel").click()
    expect(page.locator("#thread")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#thread")).to_have_class(re.compile("loading"))
    expect(page.get_by_role("heading", name="No conversation open")).to_be_visible()
    held[0].continue_()
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)


def test_a_conversation_that_is_gone_leaves_the_list_usable(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 63: Forbidden or not found: said in the panel, and the list goes on working."""
    watch.allow(404)
    start(people.olga, people.mara_row, "Still there")
    gone = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    page.locator(f"#row-{gone.id} a").evaluate(
        "(a, gone) => { for (const name of ['hx-get', 'href', 'hx-push-url']) a.setAttribute(name, a.getAttribute(name)"
        ".replace(`/${gone}`, '/9999')); }",
        gone.id,
    )
    page.locator(f"#row-{gone.id} a").click()
    expect(page.get_by_role("heading", name="You cannot open this conversation")).to_be_visible()
    screen.row(page, "Still there").click()
    expect(screen.heading(page, "Still there")).to_be_visible()
    page.goto("/store/messages/9999")
    expect(page.get_by_role("heading", name="You cannot open this conversation", level=1)).to_be_visible()


def test_times_in_a_list_are_of_the_readers_zone_and_say_their_whole_date(page_in_tokyo: Page) -> None:
    """Behaviour 14: Time display in lists: UTC for programs, the browser's zone for eyes, the full date as title."""
    time = page_in_tokyo.locator("#rows time").first
    moment = time.get_attribute("datetime") or ""
    assert moment.endswith("Z")
    tokyo = page_in_tokyo.evaluate(
        "m => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Tokyo' })"
        ".format(new Date(m))",
        moment,
    )
    expect(time).to_have_text(tokyo)
    assert re.search(r"\d{4}", time.get_attribute("title") or "")


@pytest.fixture
def page_in_tokyo(people: People, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    start(people.olga, people.mara_row, "Late parcel")
    context = browser.new_context(**{**browser_context_args, "timezone_id": "Asia/Tokyo"})
    yield screen.sign_in(context.new_page(), people.olga)
    context.close()


def test_both_ways_to_clear_the_filters_keep_the_scope_and_the_open_conversation(
    people: People, signed_in: SignIn
) -> None:
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga, f"{screen.page_of(people.olga, talk)}?scope=team")
    for clear in (page.locator(".filter-chips"), page.locator("#rows .empty")):
        page.get_by_role("searchbox", name="Search messages").fill("nothing-holds-this")
        clear.get_by_role("link", name="Clear filters").click()
        expect(screen.row(page, "Late parcel")).to_have_attribute("aria-current", "true")
        expect(page.get_by_role("tab", name="Team")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("searchbox", name="Search messages")).to_have_value("")
        expect(screen.heading(page, "Late parcel")).to_be_visible()


def test_beside_an_empty_list_nobody_is_told_to_choose_from_it(people: People, signed_in: SignIn) -> None:
    """Behaviour 58: Empty states."""
    page = signed_in(people.olga)
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()
    expect(page.locator("#thread")).not_to_contain_text("Choose")
    expect(page.locator("#thread kbd")).to_have_count(0)


def test_a_name_in_a_row_has_all_room_but_that_of_the_time(people: People, signed_in: SignIn) -> None:
    start(people.ada, people.mara_row, "Late parcel")
    row = screen.row(signed_in(people.ada), "Late parcel")
    who, time = row.locator(".who").bounding_box(), row.locator("time").bounding_box()
    assert who
    assert time
    assert time["x"] - who["x"] - who["width"] < 16
