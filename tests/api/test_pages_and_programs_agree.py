"""What programs list, count and show equals what the pages show the same person, over a busy marketplace."""

from __future__ import annotations

import random
import re
from itertools import product

import pytest

from tests.factories import attach, close, read, reopen, send, start
from tests.portals import pages
from tests.portals.fixtures import inbox_of

WHO = ("ada", "olga", "sam", "wim_at_tea", "mara", "nina")
WORDS = ("parcel", "Größe", "שלום", "50% off_now", "invoice <b>", "teapot")
FILTERS = [
    *({"scope": scope, "status": status} for scope, status in product(("mine", "team"), ("open", "closed", "all"))),
    *({"scope": "team", "status": "all", "type": kind} for kind in ("store_customer", "admin_store", "admin_customer")),
    {"scope": "mine", "status": "open", "type": "admin_customer"},
    *({"scope": scope, "status": "all", "q": text} for scope in ("mine", "team") for text in ("50% off", "mara")),
    {"scope": "team", "status": "closed", "q": "parcel"},
    *({"scope": scope, "status": status, "unread": "1"} for scope, status in (("mine", "all"), ("team", "closed"))),
]
pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def busy(people):
    """Thirty conversations in all channels, answered, read, closed and reopened at random, the same in every run."""
    chance, made = random.Random(42), []  # noqa: S311 - the same in every run
    stores = {people.harbor.id: ("olga", "sam", "wim_at_harbor"), people.tea.id: ("tom", "wim_at_tea")}
    customers = [people.mara_row, people.luis_row, people.nina_row]
    rows = {customer.id: who for customer, who in zip(customers, ("mara", "luis", "nina"), strict=True)}
    for number in range(30):
        subject, customer = f"{chance.choice(WORDS)} {number}", chance.choice(customers)
        store = chance.choice([people.harbor, people.tea])
        channel = chance.choice(["store_customer", "admin_customer", "admin_store"])
        if channel == "admin_store":
            parties = ("ada", "ben"), stores[store.id]
            made.append((start(people.ada, store, subject, chance.choice(WORDS)), parties))
        elif channel == "admin_customer":
            parties = ("ada", "ben"), (rows[customer.id],)
            made.append((start(people.ben, customer, subject, chance.choice(WORDS)), parties))
        else:
            parties = stores[customer.store_id], (rows[customer.id],)
            made.append((start(getattr(people, parties[0][0]), customer, subject, chance.choice(WORDS)), parties))
    closed = set()
    for _ in range(100):
        conversation, parties = chance.choice(made)
        who = getattr(people, chance.choice(chance.choice(parties)))
        match chance.choice(["send", "send", "send", "attach", "read", "close", "reopen"]):
            case "send" if conversation.id not in closed:
                send(who, conversation, f"{chance.choice(WORDS)} said {who.name}")
            case "attach" if conversation.id not in closed:
                attach(who, conversation, f"{chance.choice(WORDS)}.txt", chance.randbytes(8).hex().encode())
            case "read":
                read(who, conversation, chance.randint(1, 4))
            case "close" if not who.is_customer:
                close(who, conversation)
                closed.add(conversation.id)
            case "reopen" if not who.is_customer:
                reopen(who, conversation)
                closed.discard(conversation.id)
    return made


def rows_of_pages(browser, path):
    """Follow the list through all its pages, and return each row as it is shown, with the count above them."""
    found, counts = [], set()
    while path:
        tree = pages.parse(browser.get(path, htmx=True).text)
        counts.add(pages.text_of(pages.by_id(tree, "list-count")).split(" ")[0])
        for row in tree.iter("a"):
            if "row" in (row.get("class") or "").split():
                spans = {span.get("class"): pages.text_of(span) for span in row.iter("span")}
                number = re.search(r"/messages/(\d+)", row.get("href"))[1]
                unread = spans.get("vh", "0 unread").removesuffix(" unread")
                closed = "tag closed" in spans
                found.append(
                    (int(number), spans["subj"], spans["who"].split(" · ")[0], int(unread), closed, spans["snip"])
                )
        older = [link for link in tree.iter("a") if pages.text_of(link) == "Older"]
        path = older[0].get("hx-get") if older else None
    assert len(counts) == 1
    return found, int(counts.pop())


def rows_of_program(program, query):
    """Follow the list through all its pages."""
    found, cursor = [], ""
    while cursor is not None:
        answer = program.get("", query_string={**query, "limit": "7", "cursor": cursor}).json
        found += [
            (one["id"], one["subject"], one["other_party"]["name"], one["unread_count"], one["status"] == "closed", one)
            for one in answer["conversations"]
        ]
        cursor = answer["next_cursor"]
    return found, answer["total"], answer["total_unread"]


def test_the_lists_the_threads_and_their_files(people, program, sign_in, busy):
    listed = files = 0
    for who in WHO:
        viewer = getattr(people, who)
        listed += compare_lists(people, viewer, sign_in(viewer), program(viewer))
        files += compare_threads(
            viewer, sign_in(viewer), program(viewer), [conversation.id for conversation, _ in busy]
        )

    assert listed > 400
    assert files > 10


def compare_lists(people, viewer, browser, asking):
    """Compare every list under every filter, and return how many rows were compared."""
    badge = re.search(r'data-testid="unread-badge"[^>]*>([^<]*)<', browser.get(inbox_of(viewer)).text)[1]

    seen = 0
    for filters in [*FILTERS, *([{"scope": "team", "store_id": str(people.tea.id)}] if viewer.is_admin else [])]:
        if "type" in filters and viewer.side not in filters["type"].split("_"):
            continue  # a page leaves out a filter that is not of this side, a program gets nothing
        address = {"store" if name == "store_id" else name: value for name, value in filters.items()}
        query = "&".join(f"{name}={value.replace('%', '%25').replace(' ', '+')}" for name, value in address.items())
        of_pages, counted = rows_of_pages(browser, f"{inbox_of(viewer)}/_/rows?{query}")
        of_program, total, unread = rows_of_program(asking, filters)
        assert [row[:5] for row in of_pages] == [row[:5] for row in of_program], filters
        assert counted == total == len(of_program)
        assert badge == (str(unread) if unread < 100 else "99+")
        for page_row, program_row in zip(of_pages, of_program, strict=True):
            if "q" in filters:
                continue  # a search shows what it found instead
            assert page_row[5].endswith(" ".join(program_row[5]["last_message_preview"].split()))
        seen += len(of_program)

    assert asking.read("/unread-count")["unread_count"] == unread
    return seen


def compare_threads(viewer, browser, asking, numbers):
    """Compare every thread message by message, and return how many files were compared."""
    files = 0
    for number in numbers:
        page = browser.get(f"{inbox_of(viewer)}/{number}/_/thread", htmx=True)
        answer = asking.get(f"/{number}?limit=200")
        assert page.status_code == answer.status_code
        if answer.status_code == 404:
            continue
        shown = [line for line in pages.parse(page.text).iter("li") if line.get("data-seq")]
        assert [int(line.get("data-seq")) for line in shown] == [one["seq"] for one in answer.json["messages"]]
        for line, message in zip(shown, answer.json["messages"], strict=True):
            text = pages.text_of(line)
            assert ("data-own" in line.attrib) == (message["is_own"] and message["kind"] == "message")
            assert ("You" if message["is_own"] else message["sender"]["name"]).lower() in text.lower()
            if message["kind"] == "message":
                assert " ".join(message["content"].split()) in text
            for file in message["attachments"]:
                link = next(one.get("href") for one in line.iter("a") if file["id"] in (one.get("href") or ""))
                assert file["filename"] in text
                assert browser.get(link).data == asking.get(file["download_url"]).data
                files += 1
    return files
