"""The index follows the messages in their own transaction; doctor notices when it does not, and reindex repairs it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from tests.factories import attach, messaging, send, start
from webapp.database import is_postgresql, session, writing
from webapp.messaging import single_files
from webapp.messaging.drafts import Draft
from webapp.search import indexing


@pytest.fixture
def talk(people):
    return start(people.olga, people.mara_row, "Late parcel", text="It left")


def doctor_finds() -> tuple[list[int], bool]:
    return list(indexing.wrong_messages()), indexing.index_is_sound()


def reindex() -> int:
    """How many messages had other words than they should have."""
    return [progress.corrected for progress in indexing.reindex()][-1]


def send_and_fail(viewer, conversation, content):
    with writing():
        messaging.send_message(viewer, conversation.id, Draft(content))
        raise ZeroDivisionError


def test_what_is_rolled_back_is_not_found(people, find, talk):
    with pytest.raises(ZeroDivisionError):
        send_and_fail(people.mara, talk, "zebra")

    assert find(people.sam, "zebra") == []
    assert doctor_finds() == ([], True)


def test_every_verb_leaves_the_index_right(people, find, talk):
    photo = attach(people.mara, talk, "zebra.png")
    send(people.olga, talk, "Thank you")
    with writing():
        messaging.close_conversation(people.olga, talk.id)

    assert find(people.sam, "zebra") == ["Late parcel"]
    assert doctor_finds() == ([], True)

    with writing():
        assert isinstance(photo, UUID)
        single_files.delete_attachment(photo)
    assert find(people.sam, "zebra") == find(people.sam, "has:attachment") == []
    assert doctor_finds() == ([], True)


def test_a_new_name_is_found_after_reindexing(people, find, talk):
    with writing():
        session.execute(text("UPDATE customers SET name = 'Zora Quill' WHERE name = 'Mara Lind'"))
    wrong, is_sound = doctor_finds()
    assert (len(wrong), is_sound) == (1, True)

    assert reindex() == 1
    assert find(people.sam, "quill") == ["Late parcel"]
    assert find(people.sam, "lind") == []
    assert doctor_finds() == ([], True)


def test_an_index_that_lost_its_words_is_noticed_and_made_anew(people, find, talk):
    if is_postgresql():
        return  # its index cannot be damaged by statements
    with writing():
        session.execute(text("INSERT INTO message_words(message_words) VALUES ('delete-all')"))
    assert find(people.sam, "parcel") == []
    assert doctor_finds() == ([], False)

    assert reindex() == 0
    assert find(people.sam, "parcel") == ["Late parcel"]
    assert doctor_finds() == ([], True)
