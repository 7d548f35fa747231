"""Sending: exactly once, counted once for everybody else, and refused where product.md refuses it."""

from __future__ import annotations

import uuid

import pytest

from tests.factories import close, messaging, read, send, start
from tests.messaging.looking import badge, history, listed, participants, row, unread
from webapp.database import writing
from webapp.messaging.drafts import Draft
from webapp.messaging.errors import ConversationClosed, Invalid, KeyReused, NotFound


@pytest.fixture
def thread_with_mara(people):
    return start(people.olga, people.mara_row, text="Hello Mara")


def test_a_message_is_unread_for_everybody_but_its_author(people, thread_with_mara):
    send(people.mara, thread_with_mara, "Hello Olga")

    assert (unread(people.olga, thread_with_mara), badge(people.olga)) == (1, 1)
    assert (unread(people.mara, thread_with_mara), badge(people.mara)) == (1, 1)
    assert history(thread_with_mara) == [(1, "Hello Mara"), (2, "Hello Olga")]


def test_a_team_mate_who_takes_no_part_has_nothing_unread(people, thread_with_mara):
    send(people.mara, thread_with_mara)

    assert (unread(people.sam, thread_with_mara), badge(people.sam)) == (0, 0)


def test_a_message_tells_the_list_who_wrote_what(people, thread_with_mara):
    send(people.mara, thread_with_mara, "Two\n  lines")
    line = row(people.olga, thread_with_mara)

    assert (line.last_message_preview, line.last_sender.name, line.message_count, line.last_seq) == (
        "Two lines",
        "Mara Lind",
        2,
        2,
    )
    assert not line.last_sender_is_viewer
    assert row(people.mara, thread_with_mara).last_sender_is_viewer


def test_a_message_moves_its_conversation_to_the_top(people):
    first = start(people.olga, people.mara_row, "First")
    start(people.olga, people.luis_row, "Second")
    assert listed(people.olga) == ["Second", "First"]

    send(people.mara, first)

    assert listed(people.olga) == ["First", "Second"]
    assert listed(people.olga, team=True) == ["First", "Second"]


def test_the_same_key_again_answers_with_the_first_message(people, thread_with_mara):
    key = str(uuid.uuid4())
    first = send(people.mara, thread_with_mara, "Once", key)
    with writing():
        again = messaging.send_message(people.mara, thread_with_mara.id, Draft("Once", key.upper()))

    assert again.repeated
    assert again.message.id == first.id
    assert unread(people.olga, thread_with_mara) == 1


def test_the_same_key_with_another_text_is_refused(people, thread_with_mara):
    key = str(uuid.uuid4())
    send(people.mara, thread_with_mara, "Once", key)

    with pytest.raises(KeyReused):
        send(people.mara, thread_with_mara, "Twice", key)
    assert len(history(thread_with_mara)) == 2


def test_the_same_key_of_another_sender_or_thread_is_another_message(people, thread_with_mara):
    key = str(uuid.uuid4())
    other = start(people.olga, people.mara_row)
    ids = {
        send(people.mara, thread_with_mara, "Same", key).id,
        send(people.olga, thread_with_mara, "Same", key).id,
        send(people.mara, other, "Same", key).id,
    }

    assert len(ids) == 3


def test_a_retry_after_the_close_gets_the_first_answer(people, thread_with_mara):
    key = str(uuid.uuid4())
    first = send(people.mara, thread_with_mara, "Once", key)
    close(people.olga, thread_with_mara)

    assert send(people.mara, thread_with_mara, "Once", key).id == first.id
    with pytest.raises(ConversationClosed):
        send(people.mara, thread_with_mara, "Once", str(uuid.uuid4()))


@pytest.mark.parametrize("name", ["olga", "sam", "mara"])
def test_nobody_sends_in_a_closed_conversation(people, thread_with_mara, name):
    send(getattr(people, name), thread_with_mara, "While open")
    close(people.olga, thread_with_mara)
    before = history(thread_with_mara)

    with pytest.raises(ConversationClosed):
        send(getattr(people, name), thread_with_mara, "Too late")
    assert history(thread_with_mara) == before


def test_answering_makes_a_team_mate_a_participant_who_has_read_what_was_there(people, thread_with_mara):
    send(people.mara, thread_with_mara)
    send(people.sam, thread_with_mara, "Sam here")

    assert ("store", people.sam.id) in participants(thread_with_mara)
    assert badge(people.sam) == 0
    assert badge(people.mara) == 2
    send(people.mara, thread_with_mara)
    assert badge(people.sam) == 1


def test_a_team_mate_who_answers_from_an_old_page_has_the_rest_unread(people, thread_with_mara):
    send(people.mara, thread_with_mara, "Shown")
    send(people.mara, thread_with_mara, "Not shown yet")
    send(people.sam, thread_with_mara, "Answer", up_to=2)

    assert unread(people.sam, thread_with_mara) == 1


def test_answering_from_a_page_reads_up_to_what_it_showed(people, thread_with_mara):
    send(people.mara, thread_with_mara, "Shown")
    send(people.mara, thread_with_mara, "Arrived meanwhile")
    send(people.olga, thread_with_mara, "Answer", up_to=2)

    assert (unread(people.olga, thread_with_mara), badge(people.olga)) == (1, 1)


def test_answering_without_a_page_marks_nothing(people, thread_with_mara):
    send(people.mara, thread_with_mara)
    send(people.olga, thread_with_mara, "By the API")

    assert unread(people.olga, thread_with_mara) == 1


def test_answering_from_an_old_page_never_moves_the_mark_back(people, thread_with_mara):
    send(people.mara, thread_with_mara)
    read(people.olga, thread_with_mara)
    send(people.mara, thread_with_mara)
    send(people.olga, thread_with_mara, "From an old tab", up_to=1)

    assert unread(people.olga, thread_with_mara) == 1
    assert row(people.olga, thread_with_mara).last_read_seq == 2


def test_a_page_that_claims_more_than_there_is_reads_only_what_there_is(people, thread_with_mara):
    send(people.mara, thread_with_mara)
    send(people.olga, thread_with_mara, "Answer", up_to=10**6)
    send(people.mara, thread_with_mara, "Later")

    assert unread(people.olga, thread_with_mara) == 1


def test_a_newcomer_whose_page_claims_more_than_there_is_sees_later_messages_unread(people, thread_with_mara):
    send(people.sam, thread_with_mara, "Answer", up_to=10**6)
    send(people.mara, thread_with_mara, "Later")

    assert unread(people.sam, thread_with_mara) == 1


@pytest.mark.parametrize("name", ["luis", "nina", "tom", "wim_at_tea", "ada"])
def test_a_stranger_cannot_send(people, thread_with_mara, name):
    with pytest.raises(NotFound):
        send(getattr(people, name), thread_with_mara, "Let me in")
    assert history(thread_with_mara) == [(1, "Hello Mara")]
    send(people.mara, thread_with_mara, "I may")


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**63, 10**30])
def test_an_id_that_no_conversation_has_is_not_found(people, number):
    with pytest.raises(NotFound), writing():
        messaging.send_message(people.ada, number, Draft("Hello"))


def test_a_text_or_key_that_cannot_be_is_refused_with_its_field(people, thread_with_mara):
    with pytest.raises(Invalid) as empty:
        send(people.mara, thread_with_mara, "   ")
    with pytest.raises(Invalid) as key:
        send(people.mara, thread_with_mara, "Hello", "not-a-uuid")

    assert (empty.value.field, key.value.field) == ("content", "client_key")
    assert len(history(thread_with_mara)) == 1
