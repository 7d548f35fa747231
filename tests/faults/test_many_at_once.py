"""Many at once, with real threads: exactly once, never after the close, and the counts that a recount gives."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest

from tests import factories
from tests.factories import change_settings, close, make_store_user, read, reopen, send, start, viewer_of
from tests.messaging.at_once import assert_counts_are_right, at_once, context_for_looking, people
from tests.messaging.looking import badge, history, listed, thread
from webapp.messaging.errors import ConversationClosed, KeyReused, NotFound

pytestmark = pytest.mark.slow

__all__ = ["context_for_looking", "people"]


def test_the_same_key_eight_times_makes_one_message(people):
    conversation = start(people.olga, people.mara_row)
    for _ in range(5):
        key = str(uuid.uuid4())
        sent = at_once(*[lambda key=key: send(people.mara, conversation, "Once", key)] * 8)

        assert len({message.id for message in sent}) == 1
    assert [content for _, content in history(conversation)] == ["Hello"] + ["Once"] * 5
    assert badge(people.olga) == 5
    assert_counts_are_right()


def test_the_same_key_eight_times_makes_one_conversation(people):
    for round_ in range(5):
        key = str(uuid.uuid4())
        made = at_once(*[lambda k=key, r=round_: start(people.olga, people.mara_row, f"Nr {r}", "Text", k)] * 8)

        assert len({conversation.id for conversation in made}) == 1
    assert len(listed(people.olga)) == 5
    assert badge(people.mara) == 5
    assert_counts_are_right()


def test_one_key_with_two_texts_at_once_sends_one_and_refuses_the_other(people):
    conversation = start(people.olga, people.mara_row)
    for _ in range(10):
        key = str(uuid.uuid4())
        sent = at_once(*(lambda t=text, k=key: send(people.mara, conversation, t, k) for text in ("One", "Two")))

        assert sorted(type(result).__name__ for result in sent) == ["KeyReused", "Message"]
    assert len(history(conversation)) == 11


def test_one_key_for_two_conversations_at_once_starts_one_and_refuses_the_other(people):
    for _ in range(10):
        key = str(uuid.uuid4())
        made = at_once(
            *(lambda s=subject, k=key: start(people.olga, people.mara_row, s, "T", k) for subject in ("A", "B"))
        )
        assert sum(isinstance(result, KeyReused) for result in made) == 1, made
    assert len(listed(people.olga)) == 10


def test_never_a_message_after_the_close(people):
    endings = set()
    for _ in range(60):
        conversation = start(people.olga, people.mara_row)
        sent, closed = at_once(
            lambda c=conversation: send(people.mara, c, "In time?"), lambda c=conversation: close(people.sam, c)
        )

        assert not isinstance(closed, Exception), closed
        contents = [content for _, content in history(conversation)]
        if isinstance(sent, ConversationClosed):
            assert contents == ["Hello", "closed"]
        else:
            assert contents == ["Hello", "In time?", "closed"], sent
        endings.add(len(contents))
    assert endings <= {2, 3}
    assert_counts_are_right()


def test_two_who_close_at_once_close_once(people):
    for _ in range(20):
        conversation = start(people.olga, people.mara_row)
        done = at_once(*(lambda w=who, c=conversation: close(w, c) for who in (people.olga, people.sam)))

        assert not any(isinstance(result, Exception) for result in done), done
        assert history(conversation) == [(1, "Hello"), (2, "closed")]


def test_closing_and_reopening_at_once_keeps_row_copies_and_history_alike(people):
    conversation = start(people.olga, people.mara_row)
    for _ in range(20):
        done = at_once(
            lambda: close(people.olga, conversation),
            lambda: reopen(people.sam, conversation),
            lambda: close(people.wim_at_harbor, conversation),
            lambda: reopen(people.olga, conversation),
        )
        assert not any(isinstance(result, Exception) for result in done), done
    words = [content for _, content in history(conversation)][1:]

    assert all(word == ("closed", "reopened")[number % 2] for number, word in enumerate(words))
    shown = thread(people.mara, conversation).conversation
    assert shown.is_open is (len(words) % 2 == 0)
    assert (listed(people.mara) == ["Order 1042"]) is shown.is_open
    assert_counts_are_right()


def test_two_senders_and_a_reader_end_with_the_counts_that_a_recount_gives(people):
    conversation, done = start(people.ada, people.harbor), []

    def keep_sending(who):
        try:
            for _ in range(20):
                send(who, conversation)
        finally:
            done.append(who)

    def keep_reading():
        while len(done) < 2:
            seen = thread_in_context(people.sam, conversation)
            read(people.sam, conversation, seen)

    failures = at_once(lambda: keep_sending(people.ada), lambda: keep_sending(people.olga), keep_reading)

    assert failures == [None, None, None]
    assert len(history(conversation)) == 41
    assert_counts_are_right()
    read(people.sam, conversation)
    assert badge(people.sam) == 0


def test_two_conversations_with_common_readers_never_wait_for_each_other_in_a_circle(people):
    """Twelve readers of both; in one they joined in the other direction."""
    readers = [viewer_of(make_store_user(people.harbor, f"Reader {number}"), people.harbor) for number in range(12)]
    one = start(people.ada, people.harbor, "One")
    two = start(people.ben, (people.olga_row, people.harbor), "Two")
    for reader in reversed(readers):
        send(reader, two)
    acts = [
        lambda c=conversation, w=who: [send(w, c) for _ in range(25)]
        for conversation, who in ((one, people.olga), (two, people.olga), (one, people.ada), (two, people.ben))
    ]
    done = at_once(*acts, lambda: [read(readers[0], c) for _ in range(25) for c in (one, two)])

    assert not any(isinstance(result, Exception) for result in done), done
    assert (len(history(one)), len(history(two))) == (51, 63)
    assert_counts_are_right()


def test_people_who_join_while_others_send_start_with_the_right_count(people):
    conversation = start(people.olga, people.mara_row)
    done = at_once(
        lambda: [send(people.mara, conversation) for _ in range(15)],
        lambda: [send(people.sam, conversation) for _ in range(5)],
        lambda: [send(people.wim_at_harbor, conversation, up_to=1) for _ in range(5)],
    )

    assert not any(isinstance(result, Exception) for result in done), done
    assert len(history(conversation)) == 26
    assert_counts_are_right()


def test_switching_the_platforms_channel_while_it_is_used_keeps_the_badges_right(people):
    threads = [start(people.ada, people.mara_row), start(people.ben, people.luis_row)]

    def switch():
        for number in range(21):
            change_settings(storefront_admin_conversations=bool(number % 2))

    def read_all():
        for _ in range(25):
            for who, conversation in zip((people.mara, people.luis), threads, strict=True):
                with suppress(NotFound):
                    read(who, conversation)

    done = at_once(switch, read_all, *(lambda c=c: [send(people.ada, c) for _ in range(25)] for c in threads))

    assert done[:2] == [None, None], done
    assert not any(isinstance(result, Exception) for result in done), done
    assert_counts_are_right(customers_see_the_platform=False)
    change_settings(storefront_admin_conversations=True)
    assert_counts_are_right()


def thread_in_context(viewer, conversation):
    """Look as a viewer from a thread that has no context."""
    with factories.saving():
        return factories.messaging.get_conversation(viewer, conversation.id).conversation.last_seq
