"""The log: where it opens, what moves and what does not, what is fetched, and when it counts as read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn
from tests.browser.talks import send_many, spread_over_days
from tests.factories import messaging, read, saving, send, start
from tests.people import People
from webapp.accounts.viewer import Viewer
from webapp.messaging.models import Conversation

pytestmark = pytest.mark.browser


def top(page: Page, text: str) -> float:
    """How far below the top of the log a message or divider begins, as a part of the log's height."""
    return page.evaluate(
        """text => { const log = document.getElementById("log").getBoundingClientRect();
        const found = [...document.querySelectorAll("#log-list > li")].find(one => one.innerText.includes(text));
        return (found.getBoundingClientRect().top - log.top) / log.height; }""",
        text,
    )


def from_end(page: Page) -> float:
    return page.evaluate("Math.abs(document.getElementById('log').scrollTop)")


def scroll_up(page: Page, pixels: int) -> None:
    page.evaluate("pixels => { document.getElementById('log').scrollTop -= pixels }", pixels)


def hear(page: Page, talk: Conversation) -> None:
    """Let the page hear that there is something new in the thread."""
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('live:thread-{talk.id}', {{bubbles: true}}))")


def long_talk(people: People, count: int = 60) -> Conversation:
    talk = start(people.olga, people.mara_row, "Long thread", "number 1")
    send_many(people.olga, talk, count - 1)
    read(people.mara, talk)
    return talk


@pytest.mark.parametrize("count", [5, 45])
def test_it_opens_at_the_first_unread_message(people: People, signed_in: SignIn, count: int) -> None:
    """Behaviour 5: Opens at first unread, else newest. Behaviour 6: "New messages" divider, stays for the visit."""
    talk = long_talk(people, 40)
    for _ in range(count):
        send(people.olga, talk, "fresh\n" * 6)
    path = screen.page_of(people.mara, talk)
    page = signed_in(people.mara, path)
    divider = screen.log(page).get_by_text("New messages")
    expect(divider).to_have_count(1)
    assert 0 <= top(page, "New messages") <= 0.4
    assert page.locator(".new + [data-seq]").get_attribute("data-seq") == "41"
    if count > 25:
        expect(page.get_by_role("link", name="Jump to latest")).to_be_visible()
        page.get_by_role("link", name="Jump to latest").click()
        expect(screen.log(page).locator(f"#m-{40 + count}")).to_be_in_viewport()
        return
    send(people.olga, talk, "And one more")
    hear(page, talk)
    expect(screen.message(page, "And one more")).to_have_count(1)
    assert page.locator(".new + [data-seq]").get_attribute("data-seq") == "41"
    read(people.mara, talk)
    page.reload()
    expect(divider).to_have_count(0)
    assert from_end(page) <= 4
    assert page.locator("#log-list > li").last.evaluate(
        "row => document.getElementById('log').getBoundingClientRect().bottom - row.getBoundingClientRect().bottom < 40"
    )


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_link_to_a_message_shows_it_in_its_place(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 4: Deep link to message."""
    viewer: Viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    talk = start(author, people.mara_row, "Long thread", "number 1")
    send_many(author, talk, 119)
    read(viewer, talk)
    page = signed_in(viewer, screen.page_of(viewer, talk) + "?m=40#m-40")
    expect(page.locator("#m-40.hit")).to_be_in_viewport()
    assert page.locator("#m-40 .b").evaluate("text => getComputedStyle(text).outlineStyle") == "solid"
    seqs = page.locator("#log-list > [data-seq]").evaluate_all("rows => rows.map(row => Number(row.dataset.seq))")
    assert {15, 40, 65} <= set(seqs)
    page.get_by_role("link", name="Jump to latest").click()
    expect(page.locator("#m-120")).to_be_in_viewport()
    expect(page.locator(".hit")).to_have_count(0)


def test_it_counts_as_read_only_when_its_end_was_seen(people: People, signed_in: SignIn) -> None:
    """Behaviour 7: Mark read only when seen."""
    talk = long_talk(people, 40)
    for _ in range(8):
        send(people.olga, talk, "fresh\n" * 10)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    expect(screen.badge(page)).to_have_text("8")
    page.wait_for_timeout(1300)
    assert unread(people.mara) == 8
    show_tab(page, "hidden")
    page.evaluate("document.getElementById('log').scrollTop = 0")
    page.wait_for_timeout(1300)
    assert unread(people.mara) == 8
    show_tab(page, "visible")
    expect(screen.badge(page)).to_be_hidden()
    assert unread(people.mara) == 0


def show_tab(page: Page, state: str) -> None:
    """Let the page believe that its tab is hidden, or shown again."""
    page.evaluate(
        """state => { Object.defineProperty(document, "visibilityState", {configurable: true, get: () => state});
        document.dispatchEvent(new Event("visibilitychange", {bubbles: true})); }""",
        state,
    )


def unread(viewer: Viewer) -> int:
    with saving():
        return messaging.get_unread_count(viewer)


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_messages_are_unread_from_one_on(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 8: Mark unread from here."""
    viewer: Viewer = getattr(people, name)
    other = people.mara if name == "olga" else people.ada if name == "mara" else people.olga
    talk = start(people.olga, people.mara_row) if name == "olga" else start(people.ada, people.mara_row)
    if name == "ada":
        talk, other = start(people.ada, people.harbor), people.olga
    for number in range(4):
        send(other, talk, f"question {number}")
    read(viewer, talk)
    page = signed_in(viewer, screen.page_of(viewer, talk))
    screen.message(page, "question 2").hover()
    button = screen.message(page, "question 2").get_by_role("button", name="Unread from here")
    button.click()
    expect(screen.badge(page)).to_have_text("2")
    page.wait_for_load_state()
    page.reload()
    expect(screen.badge(page)).to_have_text("2")
    expect(page.locator("#rows .row.unread")).to_have_count(1)


def test_what_one_has_read_stays_unread_for_a_colleague(people: People, signed_in: SignIn) -> None:
    """Behaviour 9: Per-person unread."""
    talk = start(people.olga, people.mara_row, "Late parcel")
    send(people.sam, talk, "I look into it")
    read(people.olga, talk)
    send(people.mara, talk, "Thank you")
    assert (unread(people.olga), unread(people.sam)) == (1, 1)
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    expect(screen.badge(page)).to_be_hidden()
    assert (unread(people.olga), unread(people.sam)) == (0, 1)


@pytest.mark.parametrize("up", [0, 60, 400])
def test_the_text_under_the_eyes_stays_when_messages_come(people: People, signed_in: SignIn, up: int) -> None:
    """Behaviour 15: Scroll anchoring on append. Behaviour 16: Jump-to-latest pill."""
    talk = long_talk(people)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    scroll_up(page, up)
    before = top(page, "number 50")
    send(people.olga, talk, "While you read")
    hear(page, talk)
    expect(screen.message(page, "While you read")).to_have_count(1)
    if up <= 100:
        assert from_end(page) == 0
        return
    assert abs(top(page, "number 50") - before) < 0.002
    pill = page.get_by_role("link", name="1 new message")
    expect(pill).to_be_visible()
    pill.click()
    expect(screen.message(page, "While you read")).to_be_in_viewport()
    expect(page.locator("#to-latest")).to_be_hidden()
    expect(screen.log(page)).to_be_focused()


def test_older_messages_come_by_themselves_and_nothing_moves(people: People, signed_in: SignIn) -> None:
    """Behaviour 17: Older messages: auto on reach top + button. Behaviour 12: Day separators."""
    talk = long_talk(people, 80)
    spread_over_days(talk, 4)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    assert page.locator("#log-list > [data-seq]").count() == 30
    scroll_up(page, 100_000)
    before = top(page, "number 52")
    expect(page.locator("#m-21")).to_have_count(1)
    assert abs(top(page, "number 52") - before) < 0.002
    for _ in range(3):
        scroll_up(page, 100_000)
        page.wait_for_timeout(100)
    expect(page.get_by_text("Start of conversation")).to_be_visible()
    seqs = page.locator("#log-list > [data-seq]").evaluate_all("rows => rows.map(row => Number(row.dataset.seq))")
    assert seqs == list(range(1, 81))
    days = page.locator("#log-list > .day").all_inner_texts()
    assert len(days) == len(set(days)) == 4


def test_a_long_log_is_cut_far_from_the_reader(people: People, signed_in: SignIn) -> None:
    """Behaviour 18: Long-thread cap."""
    talk = long_talk(people, 420)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    for _ in range(60):
        if page.get_by_text("Start of conversation").count():
            break
        scroll_up(page, 100_000)
        page.wait_for_timeout(60)
    expect(page.locator("#m-1")).to_have_count(1)
    assert page.locator("#log-list > li").count() <= 320
    expect(page.locator("#m-420")).to_have_count(0)
    page.get_by_role("link", name="Jump to latest").click()
    expect(page.locator("#m-420")).to_be_in_viewport()


@pytest.mark.usefixtures("without_stream")
def test_a_page_that_was_hidden_asks_once_for_all(people: People, signed_in: SignIn) -> None:
    """Behaviour 20: Refresh after sleep. Behaviour 19: Live arrival."""
    talk = long_talk(people, 5)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    page.wait_for_load_state()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/_/messages?" in one.url else None)
    show_tab(page, "hidden")
    for number in range(3):
        send(people.olga, talk, f"missed {number}")
    show_tab(page, "visible")
    for number in range(3):
        expect(screen.message(page, f"missed {number}")).to_have_count(1)
    assert len(asked) == 1
