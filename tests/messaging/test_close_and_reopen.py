"""Closing and reopening: who and when is kept, twice is once, and neither is a message."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import close, read, reopen, send, start
from tests.messaging.looking import badge, history, listed, row, seqs_have_no_gaps, thread
from webapp.database import now, reading, session
from webapp.messaging.models import Conversation, ConversationStatus, MessageKind


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row, "Parcel")


def test_closing_keeps_who_and_when(people, conversation):
    earliest = now()
    close(people.sam, conversation)
    with reading():
        closed = session.scalar(select(Conversation).execution_options(populate_existing=True))
        kept = (closed.status, closed.closed_by_type, closed.closed_by_id)
        at = closed.closed_at

    assert kept == (ConversationStatus.CLOSED, "store", people.sam.id)
    assert earliest <= at <= now()


def test_reopening_forgets_them(people, conversation):
    close(people.sam, conversation)
    reopen(people.olga, conversation)
    with reading():
        again = session.scalar(select(Conversation).execution_options(populate_existing=True))
        kept = (again.status, again.closed_at, again.closed_by_type, again.closed_by_id)

    assert kept == (ConversationStatus.OPEN, None, None, None)
    send(people.mara, conversation, "Welcome back")


def test_the_thread_shows_what_happened_and_who_did_it(people, conversation):
    close(people.sam, conversation)
    reopen(people.olga, conversation)
    events = [message for message in thread(people.mara, conversation).messages if message.kind is MessageKind.EVENT]

    assert [(event.seq, event.content, event.sender.name) for event in events] == [
        (2, "closed", "Sam Agent"),
        (3, "reopened", "Olga Owner"),
    ]
    assert seqs_have_no_gaps()


def test_twice_is_once(people, conversation):
    close(people.olga, conversation)
    close(people.sam, conversation)
    assert history(conversation) == [(1, "Hello"), (2, "closed")]

    reopen(people.olga, conversation)
    reopen(people.sam, conversation)
    assert history(conversation) == [(1, "Hello"), (2, "closed"), (3, "reopened")]


def test_reopening_an_open_one_changes_nothing(people, conversation):
    reopen(people.olga, conversation)

    assert history(conversation) == [(1, "Hello")]


def test_an_event_touches_neither_preview_nor_order_nor_counts(people, conversation):
    start(people.olga, people.luis_row, "Newer")
    read(people.mara, conversation)
    before = row(people.olga, conversation)
    close(people.olga, conversation)
    reopen(people.sam, conversation)
    after = row(people.olga, conversation)

    assert (after.last_message_preview, after.last_message_at, after.message_count) == (
        before.last_message_preview,
        before.last_message_at,
        before.message_count,
    )
    assert listed(people.olga) == ["Newer", "Parcel"]
    assert badge(people.mara) == 0


def test_every_list_hears_of_it(people, conversation):
    close(people.olga, conversation)
    for viewer in (people.olga, people.mara):
        assert listed(viewer) == []
        assert listed(viewer, status=ConversationStatus.CLOSED) == ["Parcel"]
        assert listed(viewer, status=None) == ["Parcel"]
    assert listed(people.sam, team=True, status=ConversationStatus.CLOSED) == ["Parcel"]

    reopen(people.sam, conversation)
    for viewer in (people.olga, people.mara):
        assert listed(viewer) == ["Parcel"]
