"""Read marks, preferences, the badge, close and reopen, by programs."""

from __future__ import annotations

import pytest

from tests.api.program import as_missing
from tests.factories import close, send, start


@pytest.fixture
def conversation(people):
    made = start(people.olga, people.mara_row)
    for number in range(3):
        send(people.mara, made, f"Number {number}")
    return made


def test_reading_up_to_a_message_leaves_the_later_ones_unread_and_never_goes_back(people, program, conversation):
    olga, path = program(people.olga), f"/{conversation.id}/read"

    assert olga.put(path, json={"up_to_seq": 3}).json == {"unread_count": 1, "last_read_seq": 3}
    assert olga.put(path, json={"up_to_seq": 1}).json == {"unread_count": 1, "last_read_seq": 3}
    assert olga.put(path).json == {"unread_count": 0, "last_read_seq": 4}
    assert olga.put(path, json={}).json == {"unread_count": 0, "last_read_seq": 4}
    assert olga.put(path, json={"up_to_seq": 999}).json == {"unread_count": 0, "last_read_seq": 4}


def test_marking_unread_from_a_message_on(people, program, conversation):
    olga, path = program(people.olga), f"/{conversation.id}"
    olga.put(f"{path}/read")

    assert olga.put(f"{path}/unread", json={"from_seq": 3}).json == {"unread_count": 2, "last_read_seq": 2}
    assert olga.read()["conversations"][0]["unread_count"] == 2
    assert program(people.mara).read("/unread-count") == {"unread_count": 1}


def test_own_messages_are_never_unread(people, program, conversation):
    assert program(people.mara).put(f"/{conversation.id}/unread", json={"from_seq": 1}).json["unread_count"] == 1


def test_reading_as_somebody_who_takes_no_part_changes_nothing(people, program, conversation):
    assert program(people.sam).put(f"/{conversation.id}/read").json == {"unread_count": 0, "last_read_seq": 0}
    assert program(people.sam).read("")["total"] == 0


def test_preferences_are_ones_own(people, program, conversation):
    olga, mara, path = program(people.olga), program(people.mara), f"/{conversation.id}/preferences"

    assert olga.put(path, json={"email_notifications": False}).json == {"email_notifications": False}

    assert olga.read()["conversations"][0]["email_notifications"] is False
    assert mara.read()["conversations"][0]["email_notifications"] is True


def test_the_badge_has_a_tag_and_is_304_while_it_is_the_same(people, program, conversation):
    olga = program(people.olga)
    first = olga.get("/unread-count")
    tag = {"If-None-Match": first.headers["ETag"]}

    again = olga.get("/unread-count", headers=tag)
    olga.put(f"/{conversation.id}/read")
    changed = olga.get("/unread-count", headers=tag)

    assert (first.json, again.status_code, again.data) == ({"unread_count": 3}, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (changed.status_code, changed.json) == (200, {"unread_count": 0})


def test_closing_and_reopening_twice_changes_nothing_more(people, program, conversation):
    olga, path = program(people.olga), f"/{conversation.id}"

    closed, again = olga.post(f"{path}/close"), olga.post(f"{path}/close", json={})
    assert (closed.json["status"], closed.status_code) == ("closed", 200)
    assert closed.json == again.json
    reopened = olga.post(f"{path}/reopen")
    assert (reopened.json["status"], reopened.json["closed_at"]) == ("open", None)
    assert olga.post(f"{path}/reopen").json == reopened.json
    events = [one["content"] for one in olga.read(path)["messages"] if one["kind"] == "event"]
    assert events == ["closed", "reopened"]
    assert program(people.mara).read("/unread-count") == {"unread_count": 1}


def test_unread_messages_in_closed_conversations_count(people, program, conversation):
    close(people.sam, conversation)

    assert program(people.olga).read("/unread-count") == {"unread_count": 3}


@pytest.mark.parametrize("who", ["tom", "ada", "wim_at_tea"])
@pytest.mark.parametrize(
    ("method", "action", "json"),
    [
        ("POST", "close", None),
        ("POST", "reopen", None),
        ("PUT", "read", None),
        ("PUT", "unread", {"from_seq": 1}),
        ("PUT", "preferences", {"email_notifications": True}),
    ],
)
def test_a_stranger_does_nothing_to_it(people, program, conversation, who, method, action, json):
    asking = program(getattr(people, who))

    foreign = asking(method, f"/{conversation.id}/{action}", json=json)
    missing = asking(method, f"/987654321/{action}", json=json)

    assert foreign.status_code == 404
    assert as_missing(foreign, missing, conversation.id)
    assert program(people.olga).read(f"/{conversation.id}")["status"] == "open"
