"""What is on every page: the start pages, the header's badge, the title's count, and the poll that refreshes them."""

from __future__ import annotations

import re

import pytest

from tests.factories import close, read, send, start
from tests.portals import pages
from tests.portals.fixtures import inbox_of

HOMES = {"ada": "/admin", "olga": "/store", "mara": "/storefront/account"}


def unread(people, count):
    """Let Olga and Mara have so many unread messages."""
    conversation = start(people.olga, people.mara_row, "Late parcel 1042")
    read(people.mara, conversation)
    for _ in range(count):
        send(people.mara, conversation)
        send(people.olga, conversation)
    return conversation


def link(page):
    return pages.by_id(pages.parse(page.text), "messages-link")


@pytest.mark.parametrize(("who", "heading"), [("ada", "Platform Administration"), ("olga", "Sales")])
def test_the_sidebar_of_the_start_page_leads_to_messages(sign_in, people, who, heading):
    tree = pages.parse(sign_in(getattr(people, who)).get(HOMES[who]).text)
    (sidebar,) = [e for e in tree.iter("nav") if e.get("class") == "sidebar"]

    assert pages.text_of(next(sidebar.iter("h2"))) == heading
    links = {pages.text_of(a): a.get("href") for a in sidebar.iter("a")}
    assert links["Messages"] == inbox_of(getattr(people, who))


def test_the_account_page_has_a_card_with_the_count(sign_in, people):
    unread(people, 2)
    tree = pages.parse(sign_in(people.mara).get("/storefront/account").text)
    card = next(e for e in tree.iter("a") if e.get("class") == "card")

    assert card.get("href") == "/storefront/account/messages"
    assert "2 unread" in pages.text_of(card)


@pytest.mark.parametrize(
    ("count", "name", "text"),
    [(0, "Messages", "0"), (3, "Messages, 3 unread", "3"), (100, "Messages, 99+ unread", "99+")],
)
def test_the_badge(sign_in, people, count, name, text):
    unread(people, count)
    browser = sign_in(people.olga)

    for page in (
        browser.get("/store"),
        browser.get("/store/messages/_/badge", htmx=True),
        browser.get("/store/nothing/"),
    ):
        if page.status_code == 404:
            continue  # no portal stands behind an address that does not exist
        badge = next(e for e in link(page).iter("span") if e.get("data-testid") == "unread-badge")
        assert link(page).get("aria-label") == name
        assert badge.text == text
        assert (badge.get("hidden") is not None) == (count == 0)


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_the_title_begins_with_the_count(sign_in, people, who):
    conversation = unread(people, 3)
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    count = {"olga": 3, "mara": 3}[who]

    def title(path):
        return pages.parse(browser.get(path).text).findtext("head/title").strip()

    assert title(f"{inbox_of(viewer)}/{conversation.id}") == f"({count}) Late parcel 1042 – Messages – Harbor Goods"
    assert title(inbox_of(viewer)) == f"({count}) Messages – Harbor Goods"
    read(viewer, conversation)
    assert title(f"{inbox_of(viewer)}/{conversation.id}") == "Late parcel 1042 – Messages – Harbor Goods"


def test_the_titles_of_an_admin_name_the_platform(sign_in, people):
    conversation = start(people.ada, people.harbor, "Payout")

    assert "<title>Payout – Messages – Marketplace Admin</title>" in sign_in(people.ada).get(
        f"/admin/messages/{conversation.id}"
    ).text  # fmt: skip


def test_a_piece_of_a_thread_brings_its_title(sign_in, people):
    conversation = unread(people, 1)
    piece = sign_in(people.olga).get(f"/store/messages/{conversation.id}/_/thread", htmx=True)

    assert re.findall(r"<title>(?:\(1\) )?Late parcel 1042 – Messages – Harbor Goods</title>", piece.text)


class Poll:
    """What a page asks every 30 seconds."""

    def __init__(self, browser, viewer, thread=None, scope="mine"):
        self.browser, self.viewer, self.thread, self.scope = browser, viewer, thread, scope
        self.reload()

    def reload(self):
        page = self.browser.get(f"{inbox_of(self.viewer)}/{self.thread or ''}".rstrip("/") + f"?scope={self.scope}")
        tree = pages.parse(page.text)
        rows = pages.by_id(tree, "rows")
        self.query = {
            "badge": link(page).get("data-version"),
            "list": rows.get("data-version"),
            "newest": rows.get("data-newest"),
            "scope": rows.get("data-scope"),
        }
        if self.thread:
            self.query |= {"thread": self.thread, "seq": pages.by_id(tree, "mark-after").get("value")}

    def ask(self):
        response = self.browser.get(f"{inbox_of(self.viewer)}/_/news", query_string=self.query)
        assert response.status_code in {200, 204}
        return set(response.json["events"]) if response.status_code == 200 else set()


@pytest.mark.parametrize("scope", ["mine", "team"])
def test_the_poll_tells_what_changed_and_then_nothing(sign_in, people, scope):
    conversation = unread(people, 1)
    poll = Poll(sign_in(people.olga), people.olga, conversation.id, scope)
    assert poll.ask() == set()

    changes = [
        (lambda: send(people.mara, conversation), {"badge", "list", f"thread-{conversation.id}"}),
        (lambda: read(people.olga, conversation), {"badge", "list"}),
        (lambda: start(people.ada, people.harbor), {"badge", "list"}),
        (lambda: close(people.sam, conversation), {"badge", "list", f"thread-{conversation.id}"}),
    ]
    for change, events in changes:
        change()
        assert poll.ask() == events
        poll.reload()
        assert poll.ask() == set()


def test_the_poll_of_a_team_tells_of_a_colleagues_conversation(sign_in, people):
    team, mine = Poll(sign_in(people.olga), people.olga, scope="team"), Poll(sign_in(people.olga), people.olga)
    start(people.sam, people.mara_row)

    assert team.ask() == {"list"}
    assert mine.ask() == set()


def test_the_poll_of_a_stranger_stays_silent(sign_in, people):
    conversation = unread(people, 1)
    poll = Poll(sign_in(people.tom), people.tom)
    poll.query |= {"thread": conversation.id, "seq": "0"}
    send(people.mara, conversation)

    assert poll.ask() == set()


@pytest.mark.parametrize("name", ["badge", "list", "newest", "scope", "thread", "seq"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 20, "\x00", "1.5", "٣"])
def test_no_value_breaks_the_poll(sign_in, people, name, value):
    response = sign_in(people.olga).get(
        "/store/messages/_/news", query_string={"thread": "1", "list": "0", name: value}
    )

    assert response.status_code in {200, 204}
