"""GET messages: filters, totals, cursors, and the badge that comes along."""

from __future__ import annotations

import pytest

from tests.factories import close, read, send, start


def ids(answer):
    return [one["id"] for one in answer["conversations"]]


@pytest.fixture
def inbox(people):
    """Four conversations of Harbor Goods, the last one closed, and one of Tea Corner."""
    mara = start(people.olga, people.mara_row, "Late parcel")
    luis = start(people.sam, people.luis_row, "Invoice")
    platform = start(people.ada, people.harbor, "New fees")
    closed = close(people.olga, start(people.olga, people.luis_row, "Done"))
    start(people.tom, people.nina_row, "Tea")
    return mara, luis, platform, closed


def test_the_newest_comes_first_with_everything_a_list_shows(people, program, inbox):
    send(people.mara, inbox[0], "Where is it?\nI wait.")

    answer = program(people.olga).read()

    assert ids(answer) == [inbox[0].id, inbox[2].id]
    first = answer["conversations"][0]
    assert first.pop("created_at").endswith("Z")
    assert first.pop("last_message_at").endswith("Z")
    assert first == {
        "id": inbox[0].id,
        "conversation_type": "store_customer",
        "subject": "Late parcel",
        "status": "open",
        "closed_at": None,
        "last_message_preview": "Where is it? I wait.",
        "message_count": 2,
        "unread_count": 1,
        "is_participant": True,
        "other_party": {"type": "customer", "id": people.mara.id, "name": "Mara Lind"},
        "store": {"id": people.harbor.id, "code": "harbor-goods", "name": "Harbor Goods"},
        "email_notifications": True,
    }
    assert (answer["next_cursor"], answer["total"], answer["total_is_capped"]) == (None, 2, False)
    assert answer["total_unread"] == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=closed", [3]),
        ("?status=all", [3, 2, 0]),
        ("?scope=team", [2, 1, 0]),
        ("?scope=team&status=all", [3, 2, 1, 0]),
        ("?unread=true", [2]),
        ("?unread=1&status=all", [2]),
        ("?unread=false&status=open", [2, 0]),
        ("?type=admin_store", [2]),
        ("?type=admin_customer", []),
        ("?q=PARCEL", [0]),
        ("?q=%20parcel%20", [0]),
        ("?q=luis&scope=team", [1]),
        ("?q=tea&scope=team", []),
        ("?type=&status=&scope=&unread=&store_id=&q=&limit=&cursor=", [2, 0]),
    ],
)
def test_filters_narrow(people, program, inbox, query, expected):
    answer = program(people.olga).read(query)

    assert ids(answer) == [inbox[place].id for place in expected]
    assert answer["total"] == len(expected)


def test_a_foreign_store_filters_everything_away(people, program, inbox):
    assert ids(program(people.olga).read(f"?scope=team&store_id={people.tea.id}")) == []
    assert ids(program(people.olga).read(f"?scope=team&store_id={people.harbor.id}")) == [
        inbox[2].id,
        inbox[1].id,
        inbox[0].id,
    ]
    assert ids(program(people.ada).read(f"?scope=team&store_id={people.harbor.id}")) == [inbox[2].id]


def test_the_other_party_is_the_platform_by_its_name_and_without_an_id(people, program, inbox):
    (one,) = program(people.olga).read("?type=admin_store")["conversations"]

    assert one["other_party"] == {"type": "admin", "id": None, "name": "Platform support"}


def test_the_badge_counts_whatever_the_filters(people, program, inbox):
    olga = program(people.olga)
    assert olga.read("?status=closed&q=nothing")["total_unread"] == 1

    read(people.olga, inbox[2])

    assert olga.read("?status=closed")["total_unread"] == 0


def test_pages_hold_every_conversation_once(people, program):
    made = [start(people.olga, people.mara_row, f"Number {number}").id for number in range(7)]
    olga, seen, query = program(people.olga), [], "?limit=3"

    for _ in range(3):
        answer = olga.read(query)
        seen += ids(answer)
        query = f"?limit=3&cursor={answer['next_cursor']}"

    assert seen == made[::-1]
    assert answer["next_cursor"] is None
    assert answer["total"] == 7


def test_a_cursor_is_of_its_viewer_and_its_filters(people, program):
    for number in range(3):
        start(people.olga, (people.mara_row if number else people.luis_row), f"Number {number}")
    olga, sam = program(people.olga), program(people.sam)
    cursor = olga.read("?limit=1&scope=team")["next_cursor"]

    assert olga.get(f"?limit=2&scope=team&cursor={cursor}").status_code == 200
    for asking, query in ((olga, "?limit=1"), (olga, "?scope=team&status=all"), (sam, "?limit=1&scope=team")):
        answer = asking.get(f"{query}&cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json["errors"] == [
            {"field": "cursor", "code": "invalid", "message": "This cursor is not of this list with these filters"}
        ]


def test_totals_are_counted_to_a_thousand(people, program, monkeypatch):
    monkeypatch.setattr("webapp.messaging.queries.inbox.COUNTED_TO", 2)
    for number in range(3):
        start(people.olga, people.mara_row, f"Number {number}")

    answer = program(people.olga).read("?limit=1")

    assert (answer["total"], answer["total_is_capped"]) == (2, True)
    assert program(people.mara).read("?limit=1&q=number 1")["total_is_capped"] is False


def test_a_customer_lists_their_own_and_nobody_elses(people, program, inbox):
    assert ids(program(people.mara).read("?status=all")) == [inbox[0].id]
    assert ids(program(people.mara).read("?status=all&scope=team")) == [inbox[0].id]
    assert ids(program(people.nina).read("?q=parcel&status=all&scope=team")) == []
