"""POST messages: who may start what with whom, exactly once, with files or without."""

from __future__ import annotations

import io
import json
import uuid

import pytest

from tests.factories import a_photo, deactivate

KEY = "Idempotency-Key"


def new(people, **changes):
    return {
        "conversation_type": "store_customer",
        "subject": "Late parcel",
        "content": "It is late",
        "recipient": {"type": "customer", "id": people.mara.id},
        **changes,
    }


def test_it_is_made_and_has_an_address(people, program):
    answer = program(people.olga).post(json=new(people))

    assert answer.status_code == 201
    made = answer.json
    assert answer.location == f"/api/v1/store/messages/{made['id']}"
    assert (made["subject"], made["unread_count"], made["is_participant"]) == ("Late parcel", 0, True)
    assert [one["content"] for one in made["messages"]] == ["It is late"]
    assert program(people.mara).read("/unread-count") == {"unread_count": 1}


@pytest.mark.parametrize(
    ("who", "channel", "recipient"),
    [
        ("ada", "admin_store", lambda people: {"type": "store", "store_id": people.harbor.id}),
        ("ada", "admin_store", lambda people: {"type": "store", "id": people.olga.id}),
        ("ada", "admin_store", lambda people: {"type": "store", "id": people.wim_row.id, "store_id": people.tea.id}),
        ("ada", "admin_customer", lambda people: {"type": "customer", "id": people.nina.id}),
        ("ada", "admin_customer", lambda people: {"type": "customer", "id": people.nina.id, "store_id": people.tea.id}),
        ("olga", "store_customer", lambda people: {"type": "customer", "id": people.luis.id, "store_id": None}),
    ],
)
def test_every_kind_of_recipient(people, program, who, channel, recipient):
    asked = new(people, conversation_type=channel, recipient=recipient(people))

    answer = program(getattr(people, who)).post(json=asked)

    assert answer.status_code == 201, answer.text
    assert answer.json["conversation_type"] == channel


def test_a_whole_store_takes_part(people, program):
    asked = new(people, conversation_type="admin_store", recipient={"type": "store", "store_id": people.harbor.id})
    made = program(people.ada).post(json=asked).json

    names = {one["name"] for one in made["participants"]}
    assert names == {"Ada Admin", "Olga Owner", "Sam Agent", "Wim Both"}


def test_foreign_unknown_and_inactive_recipients_are_the_same_refusal(people, program):
    deactivate(people.luis_row)
    answers = [
        program(people.olga).post(json=new(people, recipient=recipient))
        for recipient in (
            {"type": "customer", "id": people.nina.id},
            {"type": "customer", "id": people.luis.id},
            {"type": "customer", "id": 987_654},
            {"type": "customer", "id": people.mara.id, "store_id": people.tea.id},
            {"type": "store", "id": people.olga.id},
            {"type": "store", "store_id": people.harbor.id},
        )
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].json["errors"][0]["field"] == "recipient"


@pytest.mark.parametrize(
    ("who", "channel"), [("olga", "admin_store"), ("olga", "admin_customer"), ("ada", "store_customer")]
)
def test_a_channel_that_is_not_theirs_to_start_is_403(people, program, who, channel):
    assert program(getattr(people, who)).post(json=new(people, conversation_type=channel)).status_code == 403


def test_a_customer_starts_nothing(people, program):
    mara = program(people.mara)

    assert mara.post(json=new(people)).status_code == 405
    assert mara.get("/recipients").status_code == 404
    assert mara.post("/1/close").status_code == 404


def test_the_same_key_makes_one_conversation(people, program):
    olga, key = program(people.olga), {KEY: str(uuid.uuid4())}

    first, again = olga.post(json=new(people), headers=key), olga.post(json=new(people), headers=key)
    other = olga.post(json=new(people, subject="Another"), headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.data == again.data
    assert other.json["type"].endswith("#key-reused")
    assert olga.read()["total"] == 1


def test_it_can_begin_with_files_only(people, program):
    form = {
        "conversation_type": "store_customer",
        "subject": "Photo",
        "recipient": json.dumps({"type": "customer", "id": people.mara.id}),
        "files": [(io.BytesIO(a_photo()), "a.png"), (io.BytesIO(b"text"), "b.txt")],
    }

    answer = program(people.olga).post(data=form)

    assert answer.status_code == 201, answer.text
    (message,) = answer.json["messages"]
    assert [file["filename"] for file in message["attachments"]] == ["a.png", "b.txt"]
    assert answer.json["last_message_preview"] == "Attached: a.png, b.txt"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"subject": " "}, "subject", "required"),
        ({"subject": "x" * 201}, "subject", "too_long"),
        ({"content": "\n"}, "content", "required"),
        ({"content": "x" * 10_001}, "content", "too_long"),
        ({"content": "a\x00b"}, "content", "control_character"),
        ({"subject": None}, "subject", "string_type"),
        ({"conversation_type": "store_admin"}, "conversation_type", "enum"),
        ({"recipient": {"type": "customer"}}, "recipient", "required"),
        ({"recipient": {"type": "admin", "id": 1}}, "recipient.type", "literal_error"),
        ({"recipient": {"type": "customer", "id": "1"}}, "recipient.id", "int_type"),
        ({"participant_type": "admin"}, "participant_type", "unknown_field"),
        ({"sender_id": 1}, "sender_id", "unknown_field"),
    ],
)
def test_what_is_not_valid_is_named(people, program, changes, field, code):
    answer = program(people.olga).post(json=new(people, **changes))

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert answer.json["type"].endswith("#invalid-fields")
