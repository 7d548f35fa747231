"""GET one conversation: its people, its messages in windows, and that reading changes nothing."""

from __future__ import annotations

import pytest

from tests.api.program import as_missing
from tests.factories import attach, change_settings, close, send, start


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row, "Late parcel", "It is late")


def test_it_has_its_people_and_its_messages(people, program, conversation):
    send(people.mara, conversation, "Thanks")
    close(people.olga, conversation)

    found = program(people.olga).read(f"/{conversation.id}")

    assert (found["subject"], found["status"], found["message_count"]) == ("Late parcel", "closed", 2)
    assert found["closed_at"].endswith("Z")
    assert found["participants"] == [
        {"type": "customer", "id": people.mara.id, "name": "Mara Lind", "last_read_seq": 0},
        {"type": "store", "id": people.olga.id, "name": "Olga Owner", "last_read_seq": 0},
    ]
    shown = [(one["seq"], one["kind"], one["content"], one["is_own"], one["sender"]) for one in found["messages"]]
    olga = {"type": "store", "id": people.olga.id, "name": "Olga Owner"}
    assert shown == [
        (1, "message", "It is late", True, olga),
        (2, "message", "Thanks", False, {"type": "customer", "id": people.mara.id, "name": "Mara Lind"}),
        (3, "event", "closed", True, olga),
    ]
    assert (found["has_earlier"], found["has_later"]) == (False, False)


def test_a_customer_is_not_told_how_far_others_have_read(people, program, conversation):
    marks = {
        one["type"]: one["last_read_seq"] for one in program(people.mara).read(f"/{conversation.id}")["participants"]
    }

    assert marks == {"customer": 0, "store": None}


def test_admins_stand_behind_the_platforms_name(people, program):
    conversation = start(people.ada, people.mara_row, "Your account")

    to_mara, to_ben = (program(who).read(f"/{conversation.id}") for who in (people.mara, people.ben))

    assert to_mara["messages"][0]["sender"] == {"type": "admin", "id": None, "name": "Platform support"}
    assert to_ben["messages"][0]["sender"] == {"type": "admin", "id": people.ada.id, "name": "Ada Admin"}
    assert "Ada" not in str(to_mara)


def test_reading_it_marks_nothing_read(people, program, conversation):
    mara = program(people.mara)
    mara.read(f"/{conversation.id}")

    assert mara.read("/unread-count") == {"unread_count": 1}


@pytest.mark.parametrize(
    ("query", "seqs", "earlier", "later"),
    [
        ("", [1, 2, 3, 4, 5, 6], False, False),
        ("?limit=2", [5, 6], True, False),
        ("?before=3", [1, 2], False, True),
        ("?before=5&limit=2", [3, 4], True, True),
        ("?after=4", [5, 6], True, False),
        ("?after=1&limit=2", [2, 3], True, True),
        ("?after=0&limit=2", [1, 2], False, True),
        ("?after=6", [], True, False),
        ("?before=7&limit=2", [5, 6], True, False),
        ("?before=1", [], False, True),
    ],
)
def test_windows(people, program, conversation, query, seqs, earlier, later):
    for number in range(5):
        send(people.mara, conversation, f"Number {number}")

    found = program(people.olga).read(f"/{conversation.id}{query}")

    assert [one["seq"] for one in found["messages"]] == seqs
    assert (found["has_earlier"], found["has_later"]) == (earlier, later)


def test_a_window_has_50_messages_by_default(people, program, conversation):
    for number in range(52):
        send(people.mara, conversation, f"Number {number}")

    found = program(people.olga).read(f"/{conversation.id}")

    assert [one["seq"] for one in found["messages"]] == list(range(4, 54))
    assert len(program(people.olga).read(f"/{conversation.id}?limit=200")["messages"]) == 53


def test_a_file_is_described_with_paths_of_the_same_portal(people, program, conversation):
    number = attach(people.mara, conversation, "photo.png")

    (file,) = program(people.olga).read(f"/{conversation.id}")["messages"][-1]["attachments"]

    path = f"/api/v1/store/messages/{conversation.id}/attachments/{number}"
    assert file.pop("size_bytes") > 0
    assert file == {
        "id": str(number),
        "filename": "photo.png",
        "mime_type": "image/png",
        "is_image": True,
        "width": 640,
        "height": 480,
        "scan_state": "unscanned",
        "download_url": path,
        "preview_url": f"{path}/preview",
    }


def test_who_may_not_see_it_gets_the_bytes_of_a_missing_one(people, program, conversation):
    change_settings(storefront_admin_conversations=False)
    hidden = start(people.ada, people.mara_row)
    for who, number in (
        (people.tom, conversation.id),
        (people.wim_at_tea, conversation.id),
        (people.luis, conversation.id),
        (people.nina, conversation.id),
        (people.ada, conversation.id),
        (people.mara, hidden.id),
    ):
        asking = program(who)
        foreign = asking.get(f"/{number}")
        assert foreign.status_code == 404
        assert as_missing(foreign, asking.get("/987654321"), number)
