"""Events: listeners in the transaction can undo it, listeners after the commit hear only what is true."""

from __future__ import annotations

import pytest

from tests.factories import close, messaging, send, start
from tests.messaging.looking import history
from webapp.database import writing
from webapp.messaging import events
from webapp.messaging.drafts import Draft
from webapp.messaging.events import ConversationStarted, ConversationWasClosed, Event, MessageSent


@pytest.fixture
def heard(monkeypatch):
    """What listeners heard, with listeners of this test only."""
    monkeypatch.setattr(events, "_in_transaction", [])
    monkeypatch.setattr(events, "_after_commit", [])
    return []


def test_a_commit_tells_what_happened_in_its_order(people, heard):
    events.after_commit(heard.append)
    thread = start(people.olga, people.mara_row)
    message = send(people.mara, thread)
    close(people.olga, thread)

    heard[:] = [one for one in heard if isinstance(one, Event)]
    assert [type(one) for one in heard] == [ConversationStarted, MessageSent, MessageSent, ConversationWasClosed]
    assert (heard[2].conversation_id, heard[2].message_id, heard[2].seq, heard[2].by_id) == (
        thread.id,
        message.id,
        2,
        people.mara.id,
    )


def test_a_rollback_tells_nothing_then_or_later(people, heard):
    thread = start(people.olga, people.mara_row)
    events.after_commit(heard.append)

    def send_and_fail():
        with writing():
            messaging.send_message(people.mara, thread.id, Draft("Lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send_and_fail()
    assert heard == []

    send(people.mara, thread, "Kept")
    assert [one.seq for one in heard if isinstance(one, Event)] == [2]


def test_a_listener_in_the_transaction_hears_at_once_and_can_undo_it(people, heard):
    thread = start(people.olga, people.mara_row)

    @events.in_transaction
    def refuse(happened):
        heard.append(happened)
        raise LookupError

    with pytest.raises(LookupError), writing():
        messaging.send_message(people.mara, thread.id, Draft("Never"))

    assert len(heard) == 1
    assert history(thread) == [(1, "Hello")]
