"""The thread: a window of messages, the people in it, and what the viewer may do."""

from __future__ import annotations

import pytest

from tests.factories import close, send, start
from tests.messaging.looking import stored_counts, thread
from webapp.accounts.models import Side
from webapp.messaging.errors import NotFound


def seqs(shown):
    return [message.seq for message in shown.messages]


@pytest.fixture
def ten(people):
    """A thread of ten messages, by Olga and Mara in turn."""
    conversation = start(people.olga, people.mara_row, "Parcel", "Nr 1")
    for number in range(2, 11):
        send(people.olga if number % 2 else people.mara, conversation, f"Nr {number}")
    return conversation


def test_the_newest_messages_in_the_order_of_their_numbers(people, ten):
    shown = thread(people.mara, ten, limit=4)

    assert (seqs(shown), shown.has_earlier, shown.has_later) == ([7, 8, 9, 10], True, False)
    assert [message.content for message in shown.messages] == ["Nr 7", "Nr 8", "Nr 9", "Nr 10"]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"before": 11}, ([7, 8, 9, 10], True, False)),
        ({"before": 1000}, ([7, 8, 9, 10], True, False)),
        ({"before": 7}, ([3, 4, 5, 6], True, True)),
        ({"before": 5}, ([1, 2, 3, 4], False, True)),
        ({"before": 1}, ([], False, True)),
        ({"after": 4}, ([5, 6, 7, 8], True, True)),
        ({"after": 6}, ([7, 8, 9, 10], True, False)),
        ({"after": 10}, ([], True, False)),
        ({"after": 0}, ([1, 2, 3, 4], False, True)),
        ({"around": 5}, ([3, 4, 5, 6, 7], True, True)),
        ({"around": 10}, ([8, 9, 10], True, False)),
        ({"around": 1}, ([1, 2, 3], False, True)),
    ],
)
def test_windows(people, ten, window, expected):
    shown = thread(people.mara, ten, limit=4, **window)

    assert (seqs(shown), shown.has_earlier, shown.has_later) == expected


@pytest.mark.parametrize("number", [-1, -(10**30), 2**63, 10**30])
@pytest.mark.parametrize("way", ["before", "after", "around"])
def test_no_number_is_an_error(people, ten, way, number):
    assert set(seqs(thread(people.mara, ten, limit=4, **{way: number}))) <= set(range(1, 11))


def test_all_windows_together_are_the_whole_thread(people, ten):
    found, shown = [], thread(people.olga, ten, limit=3)
    while shown.messages:
        found = seqs(shown) + found
        if not shown.has_earlier:
            break
        shown = thread(people.olga, ten, limit=3, before=found[0])

    assert found == list(range(1, 11))


def test_own_messages_are_known_as_own(people, ten):
    shown = thread(people.mara, ten)

    assert [message.seq for message in shown.messages if message.is_own] == [2, 4, 6, 8, 10]
    assert not any(message.is_own for message in thread(people.sam, ten).messages)


def test_the_people_and_their_marks(people, ten):
    shown = thread(people.olga, ten)

    assert [(one.party.type, one.party.name, one.last_read_seq) for one in shown.participants] == [
        (Side.CUSTOMER, "Mara Lind", 0),
        (Side.STORE, "Olga Owner", 0),
    ]


def test_a_customer_learns_nobody_elses_mark(people, ten):
    marks = {one.party.name: one.last_read_seq for one in thread(people.mara, ten).participants}

    assert marks == {"Mara Lind": 0, "Olga Owner": None}


def test_the_other_party_is_named_for_each_side(people, ten):
    assert thread(people.olga, ten).conversation.other_party.name == "Mara Lind"
    assert thread(people.mara, ten).conversation.other_party.name == "Harbor Goods"
    platform = start(people.ada, people.harbor)
    assert thread(people.olga, platform).conversation.other_party.name == "Platform support"
    assert thread(people.ada, platform).conversation.other_party.name == "Harbor Goods"


def test_a_closed_thread_can_be_read(people, ten):
    close(people.olga, ten)
    shown = thread(people.mara, ten)

    assert not shown.conversation.is_open
    assert shown.conversation.closed_at.utcoffset().total_seconds() == 0
    assert seqs(shown)[-1] == 11


def test_looking_changes_nothing(people, ten):
    before = stored_counts()
    thread(people.mara, ten)
    thread(people.sam, ten)

    assert stored_counts() == before


@pytest.mark.parametrize("number", [0, -1, 10**6, 2**63, 10**30])
def test_a_missing_id_is_not_found(people, ten, number):
    missing = type("Missing", (), {"id": number})

    with pytest.raises(NotFound):
        thread(people.olga, missing)
    assert thread(people.olga, ten)
