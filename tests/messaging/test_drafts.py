"""Drafts: kept for each person and conversation, shown to nobody else, and gone with the message that they become."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.factories import close, keep_draft, messaging, send, start
from webapp.messaging.errors import Invalid, NotFound
from webapp.messaging.models import DRAFT_LENGTH
from webapp.messaging.queries import ConversationFilters


def draft_of(viewer, conversation):
    return messaging.get_conversation(viewer, conversation.id).conversation.draft


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_a_draft_is_kept_until_it_is_changed_or_emptied(db_context, people, who):
    viewer, conversation = getattr(people, who), start(people.olga, people.mara_row)

    keep_draft(viewer, conversation, "Half a\r\nsentence ")
    assert draft_of(viewer, conversation) == "Half a\nsentence "

    keep_draft(viewer, conversation, "A whole one")
    assert draft_of(viewer, conversation) == "A whole one"

    keep_draft(viewer, conversation, " \n")
    assert draft_of(viewer, conversation) == ""


def test_nobody_else_sees_it_and_nothing_is_unread(db_context, people):
    conversation = start(people.olga, people.mara_row)
    before = messaging.get_unread_count(people.mara)
    keep_draft(people.olga, conversation, "Not for your eyes")

    assert draft_of(people.sam, conversation) == draft_of(people.mara, conversation) == ""
    assert messaging.get_unread_count(people.mara) == before


def test_a_stranger_cannot_keep_one(db_context, people):
    conversation = start(people.olga, people.mara_row)

    for stranger in (people.ada, people.tom, people.luis):
        with pytest.raises(NotFound):
            keep_draft(stranger, conversation, "Mine")


def test_the_list_shows_its_beginning(db_context, people):
    conversation = start(people.olga, people.mara_row)
    keep_draft(people.olga, conversation, "x" * 500)
    (row,) = messaging.list_conversations(people.olga, ConversationFilters()).rows

    assert row.draft == "x" * 140
    assert [one.draft for one in messaging.list_conversations(people.mara, ConversationFilters()).rows] == [""]


def test_sending_takes_the_draft_away_and_a_late_autosave_brings_it_not_back(db_context, people):
    conversation, key = start(people.olga, people.mara_row), str(uuid4())
    keep_draft(people.olga, conversation, "Sent in a momen", key)
    send(people.olga, conversation, "Sent in a moment", key, drafts=("Sent in a mo", "Sent in a momen"))
    assert draft_of(people.olga, conversation) == ""

    keep_draft(people.olga, conversation, "Sent in a moment", key)
    assert draft_of(people.olga, conversation) == ""

    keep_draft(people.olga, conversation, "The next one", str(uuid4()))
    assert draft_of(people.olga, conversation) == "The next one"


@pytest.mark.parametrize("kept", ["Late\r\nand lost ", "Late\nand lost"])
def test_a_draft_goes_with_the_message_that_says_the_same(db_context, people, kept):
    conversation = start(people.olga, people.mara_row)
    keep_draft(people.olga, conversation, kept)
    send(people.olga, conversation, "Late\r\nand lost ")

    assert draft_of(people.olga, conversation) == ""


def test_a_draft_of_something_else_outlives_a_send(db_context, people):
    conversation = start(people.olga, people.mara_row)
    keep_draft(people.olga, conversation, "Written in another tab")
    send(people.olga, conversation, "Sent from this one", drafts=("Sent from",))

    assert draft_of(people.olga, conversation) == "Written in another tab"


def test_a_repeated_send_leaves_the_next_draft(db_context, people):
    conversation, key = start(people.olga, people.mara_row), str(uuid4())
    send(people.olga, conversation, "Once", key)
    keep_draft(people.olga, conversation, "The next one")
    send(people.olga, conversation, "Once", key)

    assert draft_of(people.olga, conversation) == "The next one"


def test_a_close_leaves_it(db_context, people):
    conversation = start(people.olga, people.mara_row)
    keep_draft(people.olga, conversation, "Half a sentence")
    close(people.sam, conversation)
    keep_draft(people.olga, conversation, "Half a sentence more")

    assert draft_of(people.olga, conversation) == "Half a sentence more"


def test_what_no_page_can_show_is_left_out_and_too_much_is_refused(db_context, people):
    conversation = start(people.olga, people.mara_row)
    keep_draft(people.olga, conversation, "a\x00b\ud800\tc")
    assert draft_of(people.olga, conversation) == "ab\tc"

    with pytest.raises(Invalid):
        keep_draft(people.olga, conversation, "x" * (DRAFT_LENGTH + 1))
    with pytest.raises(Invalid):
        keep_draft(people.olga, conversation, "x", "no key")
