"""The table of product.md, "Who may do what": every cell, the member's answer next to the stranger's."""

from __future__ import annotations

import pytest

from tests.factories import change_settings, close, deactivate, messaging, read, reopen, send, start
from tests.messaging.looking import history, listed, row, sees, thread
from webapp.database import writing
from webapp.messaging.errors import ConversationClosed, NotAllowed, NotFound

HARBOR = ("olga", "sam", "wim_at_harbor")
PLATFORM = ("ada", "ben")
EVERYBODY = ("ada", "ben", "olga", "sam", "wim_at_harbor", "tom", "wim_at_tea", "mara", "luis", "nina")

PARTIES = {
    "admin_store": (*PLATFORM, *HARBOR),
    "store_customer": (*HARBOR, "mara"),
    "admin_customer": (*PLATFORM, "mara"),
}
CELLS = [(channel, who) for channel in PARTIES for who in EVERYBODY]


@pytest.fixture
def one_of(people):
    """Start one conversation of a channel at Harbor Goods, with Mara where there is a customer."""

    def begin(channel):
        match channel:
            case "admin_store":
                return start(people.ada, (people.olga_row, people.harbor), channel)
            case "store_customer":
                return start(people.olga, people.mara_row, channel)
            case "admin_customer":
                return start(people.ada, people.mara_row, channel)

    return begin


@pytest.mark.parametrize(("channel", "who"), CELLS)
def test_see(people, one_of, channel, who):
    conversation, viewer = one_of(channel), getattr(people, who)
    may = who in PARTIES[channel]

    assert sees(viewer, conversation) is may
    assert listed(viewer, team=True, status=None) == ([channel] if may else [])
    assert listed(viewer, team=True, text=channel) == ([channel] if may else [])


@pytest.mark.parametrize(("channel", "who"), CELLS)
def test_send_while_open_and_not_when_closed(people, one_of, channel, who):
    conversation, viewer = one_of(channel), getattr(people, who)
    closer = people.ada if channel != "store_customer" else people.olga
    if who not in PARTIES[channel]:
        for change in (lambda: None, lambda: close(closer, conversation)):
            change()
            with pytest.raises(NotFound):
                send(viewer, conversation)
        return

    send(viewer, conversation, "While open")
    close(closer, conversation)
    with pytest.raises(ConversationClosed):
        send(viewer, conversation, "Too late")
    assert [content for _, content in history(conversation)] == ["Hello", "While open", "closed"]


@pytest.mark.parametrize(("channel", "who"), CELLS)
def test_close_and_reopen(people, one_of, channel, who):
    conversation, viewer = one_of(channel), getattr(people, who)
    refusal = NotFound if who not in PARTIES[channel] else NotAllowed if viewer.is_customer else None
    if refusal:
        for verb in (close, reopen):
            with pytest.raises(refusal):
                verb(viewer, conversation)
        assert history(conversation) == [(1, "Hello")]
        return

    close(viewer, conversation)
    assert not row(viewer, conversation).is_open
    reopen(viewer, conversation)
    assert row(viewer, conversation).is_open


@pytest.mark.parametrize(("channel", "who"), CELLS)
def test_own_mark_and_own_preference(people, one_of, channel, who):
    conversation, viewer = one_of(channel), getattr(people, who)
    verbs = [
        lambda: messaging.mark_conversation_read(viewer, conversation.id),
        lambda: messaging.mark_conversation_unread(viewer, conversation.id, 1),
        lambda: messaging.set_email_notifications(viewer, conversation.id, True),
        lambda: messaging.set_email_notifications(viewer, conversation.id, False),
    ]
    for verb in verbs:
        if who in PARTIES[channel]:
            with writing():
                verb()
        else:
            with pytest.raises(NotFound), writing():
                verb()


@pytest.mark.parametrize(("channel", "who"), [(c, w) for c in PARTIES for w in PARTIES[c]])
def test_the_flags_of_a_thread_say_what_its_verbs_do(people, one_of, channel, who):
    conversation, viewer = one_of(channel), getattr(people, who)
    shown = thread(viewer, conversation)

    assert shown.may_send
    assert shown.may_close is not viewer.is_customer


def test_switched_off_the_platforms_channel_is_gone_for_customers_only(people, one_of):
    conversation = one_of("admin_customer")
    other = one_of("store_customer")
    change_settings(storefront_admin_conversations=False)

    assert not sees(people.mara, conversation)
    assert listed(people.mara, status=None) == ["store_customer"]
    assert sees(people.ada, conversation)
    assert sees(people.mara, other)
    for verb in (send, read):
        with pytest.raises(NotFound):
            verb(people.mara, conversation)
    change_settings(storefront_admin_conversations=True)
    assert sees(people.mara, conversation)
    send(people.mara, conversation)


def test_a_filter_never_widens_what_a_viewer_sees(people, one_of):
    for channel in PARTIES:
        one_of(channel)

    assert listed(people.tom, team=True, status=None, store_id=people.harbor.id) == []
    assert listed(people.luis, team=True, status=None, store_id=people.harbor.id) == []
    assert listed(people.ada, team=True, status=None, channel="store_customer") == []
    assert listed(people.olga, team=True, status=None, channel="admin_customer") == []
    assert listed(people.mara, team=True, status=None, channel="admin_store") == []
    assert sorted(listed(people.olga, team=True, status=None, store_id=people.harbor.id)) == [
        "admin_store",
        "store_customer",
    ]


def test_messages_stay_with_the_name_of_who_was_deactivated(people, one_of):
    conversation = one_of("store_customer")
    deactivate(people.olga_row)

    (message,) = thread(people.mara, conversation).messages
    assert (message.sender.name, message.content) == ("Olga Owner", "Hello")


def test_the_news_of_a_foreign_thread_are_those_of_a_missing_one(people, one_of):
    from webapp.messaging import queries

    conversation = one_of("store_customer")
    for viewer in (people.tom, people.ada, people.luis):
        assert queries.news(viewer, conversation.id, False) == queries.news(viewer, 999_999, False)
    assert queries.news(people.mara, conversation.id, False) != queries.news(people.mara, 999_999, False)
