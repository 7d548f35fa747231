"""Reading: a mark is a message's number, moves forward only, and belongs to one person."""

from __future__ import annotations

import pytest

from tests.factories import close, messaging, read, reopen, send, start
from tests.messaging.looking import badge, counted_anew, row, stored_counts, thread, unread
from webapp.database import writing


@pytest.fixture
def thread_of_three(people):
    """Mara wrote seq 2, 3 and 4 after Olga's first message."""
    conversation = start(people.olga, people.mara_row)
    for text in ("Two", "Three", "Four"):
        send(people.mara, conversation, text)
    return conversation


def test_reading_all_leaves_nothing_unread(people, thread_of_three):
    with writing():
        mark = messaging.mark_conversation_read(people.olga, thread_of_three.id)

    assert (mark.last_read_seq, mark.unread_count) == (4, 0)
    assert (unread(people.olga, thread_of_three), badge(people.olga)) == (0, 0)


def test_a_message_that_arrived_meanwhile_stays_unread(people, thread_of_three):
    shown = thread(people.olga, thread_of_three).conversation.last_seq
    send(people.mara, thread_of_three, "Meanwhile")
    read(people.olga, thread_of_three, shown)

    assert (unread(people.olga, thread_of_three), badge(people.olga)) == (1, 1)


def test_reading_up_to_the_middle_leaves_the_rest(people, thread_of_three):
    read(people.olga, thread_of_three, 3)

    assert unread(people.olga, thread_of_three) == 1


def test_the_mark_never_moves_back(people, thread_of_three):
    read(people.olga, thread_of_three, 4)
    read(people.olga, thread_of_three, 2)

    assert row(people.olga, thread_of_three).last_read_seq == 4
    assert badge(people.olga) == 0


@pytest.mark.parametrize("number", [10**6, 2**62, 10**30])
def test_the_mark_never_passes_the_last_message(people, thread_of_three, number):
    read(people.olga, thread_of_three, number)
    send(people.mara, thread_of_three, "Five")

    assert unread(people.olga, thread_of_three) == 1


@pytest.mark.parametrize("number", [0, -1, -(10**30)])
def test_reading_up_to_nothing_changes_nothing(people, thread_of_three, number):
    read(people.olga, thread_of_three, number)

    assert unread(people.olga, thread_of_three) == 3


def test_a_mark_is_per_person(people):
    conversation = start(people.ada, people.harbor)
    read(people.olga, conversation)

    assert (badge(people.olga), badge(people.sam), badge(people.wim_at_harbor)) == (0, 1, 1)


def test_somebody_who_takes_no_part_has_no_mark(people, thread_of_three):
    before = stored_counts()
    with writing():
        mark = messaging.mark_conversation_read(people.sam, thread_of_three.id)

    assert (mark.last_read_seq, mark.unread_count) == (0, 0)
    assert stored_counts() == before
    assert not row(people.sam, thread_of_three).is_participant


def test_looking_never_reads(people, thread_of_three):
    for _ in range(2):
        thread(people.olga, thread_of_three)

    assert unread(people.olga, thread_of_three) == 3


def test_a_badge_sums_the_conversations(people, thread_of_three):
    other = start(people.olga, people.luis_row)
    send(people.luis, other)
    assert badge(people.olga) == 4

    read(people.olga, thread_of_three)
    assert badge(people.olga) == 1
    assert stored_counts() == counted_anew()


def test_unread_messages_in_closed_threads_count_and_can_be_read(people, thread_of_three):
    close(people.olga, thread_of_three)
    assert badge(people.olga) == 3

    read(people.olga, thread_of_three)
    assert badge(people.olga) == 0


def test_closing_and_reopening_makes_nothing_unread_for_anybody(people, thread_of_three):
    read(people.olga, thread_of_three)
    read(people.mara, thread_of_three)
    close(people.olga, thread_of_three)
    reopen(people.sam, thread_of_three)

    assert (badge(people.olga), badge(people.mara), badge(people.sam)) == (0, 0, 0)
    assert stored_counts() == counted_anew()
