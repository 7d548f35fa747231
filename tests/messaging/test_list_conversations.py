"""The inbox: newest first, narrowed by filters, paged by keys that survive what happens between two pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from tests.factories import close, messaging, read, send, start
from tests.messaging.looking import listed
from webapp.database import reading, session, writing
from webapp.messaging.models import Conversation, ConversationParticipant, ConversationStatus, ConversationType
from webapp.messaging.queries import ConversationFilters


def page(viewer, after=None, limit=25, **filters):
    with reading():
        return messaging.list_conversations(viewer, ConversationFilters(**filters), after, limit)


def all_pages(viewer, limit, **filters):
    subjects, after = [], None
    while True:
        found = page(viewer, after, limit, **filters)
        subjects += [row.subject for row in found.rows]
        after = found.next
        if after is None:
            return subjects


@pytest.fixture
def seven(people):
    """Seven conversations of Olga with Mara, the third and the sixth closed."""
    conversations = [start(people.olga, people.mara_row, f"Nr {number}") for number in range(1, 8)]
    close(people.olga, conversations[2])
    close(people.olga, conversations[5])
    return conversations


NEWEST_FIRST = [f"Nr {number}" for number in range(7, 0, -1)]


def test_open_closed_and_all(people, seven):
    assert listed(people.olga) == ["Nr 7", "Nr 5", "Nr 4", "Nr 2", "Nr 1"]
    assert listed(people.olga, status=ConversationStatus.CLOSED) == ["Nr 6", "Nr 3"]
    assert listed(people.olga, status=None) == NEWEST_FIRST


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("who", ["mine", "store team", "customer"])
def test_pages_of_any_size_hold_each_conversation_once(people, seven, limit, who):
    viewer = people.mara if who == "customer" else people.olga if who == "mine" else people.sam

    assert all_pages(viewer, limit, team=who == "store team", status=None) == NEWEST_FIRST


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_platforms_team_is_one_order_over_both_channels(people, limit):
    for number in range(1, 5):
        start(people.ada, people.mara_row if number % 2 else people.tea, f"Nr {number}")

    assert all_pages(people.ben, limit, team=True, status=None) == ["Nr 4", "Nr 3", "Nr 2", "Nr 1"]


def test_a_message_between_two_pages_hides_nothing_that_did_not_move(people, seven):
    first = page(people.olga, limit=3, status=None)
    send(people.mara, seven[0])
    rest = page(people.olga, first.next, status=None)

    assert [row.subject for row in first.rows + rest.rows] == [subject for subject in NEWEST_FIRST if subject != "Nr 1"]


def test_conversations_of_the_same_moment_are_each_on_one_page(people, seven):
    with writing():
        for table in (Conversation, ConversationParticipant):
            session.execute(update(table).values(last_message_at=datetime(2026, 1, 1, tzinfo=UTC)))

    assert all_pages(people.olga, 2, status=None) == NEWEST_FIRST
    assert all_pages(people.sam, 2, team=True, status=None) == NEWEST_FIRST


def test_the_filter_unread(people, seven):
    send(people.mara, seven[0])
    send(people.mara, seven[4])
    assert listed(people.olga, unread=True) == ["Nr 5", "Nr 1"]

    read(people.olga, seven[4])
    close(people.olga, seven[0])
    assert listed(people.olga, unread=True) == []
    assert listed(people.olga, unread=True, status=None) == ["Nr 1"]
    assert listed(people.sam, unread=True, team=True, status=None) == []


def test_the_filters_of_channel_and_store(people):
    start(people.olga, people.mara_row, "customer")
    start(people.ada, people.harbor, "platform")
    start(people.ada, people.tea, "tea")
    start(people.ada, people.nina_row, "nina")

    assert listed(people.olga, channel=ConversationType.ADMIN_STORE) == ["platform"]
    assert listed(people.olga, channel=ConversationType.STORE_CUSTOMER, team=True) == ["customer"]
    assert listed(people.ada, store_id=people.tea.id) == ["nina", "tea"]
    assert listed(people.ben, store_id=people.tea.id, team=True) == ["nina", "tea"]
    assert listed(people.ben, store_id=people.tea.id, team=True, channel=ConversationType.ADMIN_STORE) == ["tea"]


def test_the_total_is_counted_within_the_filter(people, seven):
    assert page(people.olga, limit=2).total == 5
    assert page(people.olga, limit=2, status=None).total == 7
    assert page(people.sam, limit=2, team=True, status=None).total == 7
    assert page(people.sam, limit=2).total == 0
    assert not page(people.olga).total_is_capped


def test_a_page_that_ends_with_the_list_has_no_next(people, seven):
    assert page(people.olga, limit=7, status=None).next is None
    assert page(people.olga, limit=6, status=None).next is not None


def test_the_version_grows_with_what_the_list_should_show(people, seven):
    versions = [page(people.olga).version]
    send(people.mara, seven[0])
    versions.append(page(people.olga).version)
    close(people.sam, seven[0])
    versions.append(page(people.olga).version)
    read(people.olga, seven[0])
    versions.append(page(people.olga).version)

    assert versions == sorted(set(versions))


def test_the_newest_key_moves_with_the_team_only(people, seven):
    before = page(people.sam, team=True).newest
    assert page(people.sam, team=True).newest == before != ""
    elsewhere = start(people.ada, people.tea)
    assert page(people.sam, team=True).newest == before
    assert elsewhere.id

    send(people.mara, seven[0])
    assert page(people.sam, team=True).newest > before
