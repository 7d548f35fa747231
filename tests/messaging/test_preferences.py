"""The e-mail preference of one person about one conversation."""

from __future__ import annotations

import pytest

from tests.factories import messaging, send, start
from tests.messaging.looking import badge, participants, row
from webapp.database import writing


def prefer(viewer, conversation, wanted):
    with writing():
        return messaging.set_email_notifications(viewer, conversation.id, wanted)


@pytest.fixture
def conversation(people):
    return start(people.ada, people.harbor)


def test_it_is_on_for_everybody_at_first(people, conversation):
    assert row(people.olga, conversation).email_notifications
    assert row(people.ada, conversation).email_notifications


def test_it_is_switched_for_one_person_only(people, conversation):
    assert prefer(people.olga, conversation, False) is False

    assert not row(people.olga, conversation).email_notifications
    assert row(people.sam, conversation).email_notifications
    assert prefer(people.olga, conversation, True) is True
    assert row(people.olga, conversation).email_notifications


def test_it_is_of_one_conversation_only(people, conversation):
    other = start(people.ada, people.harbor)
    prefer(people.olga, conversation, False)

    assert row(people.olga, other).email_notifications


def test_it_outlives_messages(people, conversation):
    prefer(people.olga, conversation, False)
    send(people.ada, conversation)
    send(people.olga, conversation)

    assert not row(people.olga, conversation).email_notifications


def test_wanting_mails_makes_a_team_mate_take_part_with_nothing_unread(people):
    conversation = start(people.olga, people.mara_row)
    send(people.mara, conversation)
    prefer(people.sam, conversation, True)

    assert ("store", people.sam.id) in participants(conversation)
    assert badge(people.sam) == 0
    send(people.mara, conversation)
    assert badge(people.sam) == 1


def test_wanting_none_does_not_make_a_team_mate_take_part(people):
    conversation = start(people.olga, people.mara_row)
    prefer(people.sam, conversation, False)

    assert ("store", people.sam.id) not in participants(conversation)


def test_a_customer_has_one_too(people):
    conversation = start(people.olga, people.mara_row)
    prefer(people.mara, conversation, False)

    assert not row(people.mara, conversation).email_notifications
    assert row(people.olga, conversation).email_notifications
