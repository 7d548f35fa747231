"""Writers that want the same inboxes: nobody waits in a circle, and nobody sums what was before the wait."""

from __future__ import annotations

from threading import Event

import pytest

from tests import backends
from tests.factories import deactivate, messaging, read, saving, send, start
from tests.faults.listening import eventually
from tests.messaging.at_once import assert_counts_are_right, at_once, context_for_looking, people
from tests.messaging.looking import badge
from webapp.accounts.models import Side
from webapp.messaging import membership, returning
from webapp.messaging.drafts import Draft

__all__ = ["context_for_looking", "people"]


def answer(viewer, conversation):
    """Reply as a page does: all that it showed is read with the reply."""
    with saving():
        messaging.send_message(viewer, conversation.id, Draft("Here you are", up_to_seq=10**6))


def test_two_who_answer_in_two_threads_of_both_never_wait_in_a_circle(people):
    threads = [start(people.olga, people.mara_row), start(people.sam, people.luis_row)]
    for viewer, thread in ((people.sam, threads[0]), (people.olga, threads[1])):
        send(viewer, thread)
    for _ in range(15):
        send(people.mara, threads[0])
        send(people.luis, threads[1])
        results = at_once(
            lambda: answer(people.olga, threads[0]),
            lambda: answer(people.sam, threads[1]),
            lambda: read(people.sam, threads[0]),
            lambda: read(people.olga, threads[1]),
        )
        assert results == [None] * 4
    assert_counts_are_right()


def test_somebody_who_joins_and_somebody_who_answers_never_wait_in_a_circle(people):
    for _ in range(12):
        threads = [start(people.olga, people.mara_row), start(people.olga, people.luis_row)]
        results = at_once(
            lambda t=threads: answer(people.sam, t[0]),
            lambda t=threads: answer(people.wim_at_harbor, t[1]),
            lambda t=threads: answer(people.mara, t[0]),
            lambda t=threads: answer(people.luis, t[1]),
        )
        assert results == [None] * 4
    assert_counts_are_right()


def test_a_message_and_a_leaver_and_a_returner_at_once_leave_the_sums_right(people):
    thread = start(people.olga, people.mara_row)
    send(people.sam, thread)

    def leave():
        with saving():
            membership.leave(Side.STORE, people.sam.id, people.harbor.id, people.sam_row.created_at)

    def come_back():
        with saving():
            returning.come_back(Side.STORE, people.sam.id, people.harbor.id)

    for _ in range(12):
        results = at_once(
            lambda: (send(people.mara, thread), None)[1], leave, come_back, lambda: read(people.sam, thread)
        )
        assert results == [None] * 4
    come_back()
    assert_counts_are_right()


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_who_comes_back_in_the_moment_they_leave_misses_no_message_that_is_sent_meanwhile(app, people):
    thread = start(people.olga, people.mara_row)
    send(people.sam, thread)
    has_left, has_come_back, is_sent = Event(), Event(), Event()

    def leave():
        with saving():
            membership.leave(Side.STORE, people.sam.id, people.harbor.id, people.sam_row.created_at)
            has_left.set()
            eventually(lambda: backends.waiting(app))

    def come_back():
        has_left.wait(10)
        with saving():
            returning.come_back(Side.STORE, people.sam.id, people.harbor.id)
            has_come_back.set()
            is_sent.wait(10)

    def write():
        has_come_back.wait(10)
        send(people.mara, thread)
        is_sent.set()

    assert at_once(leave, come_back, write) == [None] * 3
    assert_counts_are_right()


def test_a_mark_stays_within_the_conversation_whatever_a_page_says(people):
    thread = start(people.olga, people.mara_row)
    send(people.mara, thread)
    for shown in (10**6, 10**30, -5):
        with saving():
            messaging.send_message(people.olga, thread.id, Draft("Known", up_to_seq=shown))
            messaging.send_message(
                people.sam if shown > 0 else people.wim_at_harbor, thread.id, Draft("Me too", up_to_seq=shown)
            )
    before = badge(people.olga)
    send(people.mara, thread, "New")

    assert badge(people.olga) == before + 1
    assert_counts_are_right()


def test_coming_back_when_one_never_left_changes_nothing(people):
    thread = start(people.olga, people.mara_row)
    send(people.mara, thread)
    with saving():
        assert returning.come_back(Side.STORE, people.olga.id, people.harbor.id) == 0
    assert badge(people.olga) == 1
    deactivate(people.tom_row)
    assert_counts_are_right()
