"""Marking unread again: from a message on, for the one who asks, who takes part from then on."""

from __future__ import annotations

import pytest

from tests.factories import messaging, read, send, start
from tests.messaging.looking import badge, counted_anew, participants, row, stored_counts, unread
from webapp.database import writing


def mark_unread(viewer, conversation, seq):
    with writing():
        return messaging.mark_conversation_unread(viewer, conversation.id, seq)


@pytest.fixture
def read_thread(people):
    """Olga wrote 1 and 3, Mara 2 and 4; Olga has read all."""
    conversation = start(people.olga, people.mara_row)
    for who, text in ((people.mara, "Two"), (people.olga, "Three"), (people.mara, "Four")):
        send(who, conversation, text)
    read(people.olga, conversation)
    return conversation


@pytest.mark.parametrize(("seq", "unread_then"), [(1, 2), (2, 2), (3, 1), (4, 1), (5, 0)])
def test_messages_by_others_from_there_on_are_unread_again(people, read_thread, seq, unread_then):
    mark = mark_unread(people.olga, read_thread, seq)

    assert (mark.last_read_seq, mark.unread_count) == (seq - 1, unread_then)
    assert (unread(people.olga, read_thread), badge(people.olga)) == (unread_then, unread_then)
    assert stored_counts() == counted_anew()


@pytest.mark.parametrize("seq", [0, -5, 10**6, 10**30])
def test_a_number_beyond_the_thread_stays_within_it(people, read_thread, seq):
    mark_unread(people.olga, read_thread, seq)

    assert row(people.olga, read_thread).last_read_seq in {0, 4}
    assert stored_counts() == counted_anew()


def test_it_can_be_read_again(people, read_thread):
    mark_unread(people.olga, read_thread, 2)
    read(people.olga, read_thread)

    assert badge(people.olga) == 0


def test_it_is_nobody_elses_affair(people, read_thread):
    before = badge(people.mara)
    mark_unread(people.olga, read_thread, 1)

    assert badge(people.mara) == before


def test_a_team_mate_who_marks_unread_takes_part_from_then_on(people, read_thread):
    mark_unread(people.sam, read_thread, 4)

    assert ("store", people.sam.id) in participants(read_thread)
    assert (unread(people.sam, read_thread), badge(people.sam)) == (1, 1)
    send(people.mara, read_thread)
    assert badge(people.sam) == 2
    assert stored_counts() == counted_anew()


@pytest.mark.parametrize("seq", [1, 3, 99, None])
def test_what_was_not_read_yet_stays_unread(people, read_thread, seq):
    mark_unread(people.olga, read_thread, 1)

    mark = mark_unread(people.olga, read_thread, seq)

    assert (mark.last_read_seq, mark.unread_count) == (0, 2)
    assert stored_counts() == counted_anew()
