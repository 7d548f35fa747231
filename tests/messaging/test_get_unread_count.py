"""The badge: one person's unread messages, in what they may see."""

from __future__ import annotations

from tests.factories import change_settings, close, make_admin, read, send, start, viewer_of
from tests.messaging.looking import badge, counted_anew, stored_counts


def test_it_is_nought_for_somebody_new(people):
    assert badge(viewer_of(make_admin("New Admin"))) == 0


def test_it_sums_messages_over_conversations_and_channels(people):
    with_store = start(people.olga, people.mara_row)
    send(people.olga, with_store)
    start(people.ada, people.mara_row)

    assert badge(people.mara) == 3
    assert stored_counts() == counted_anew()


def test_own_messages_never_count(people):
    conversation = start(people.olga, people.mara_row)
    for _ in range(3):
        send(people.olga, conversation)

    assert badge(people.olga) == 0


def test_a_user_with_the_id_of_a_customer_is_another_person(people):
    assert people.ada.id == people.mara.id
    start(people.ada, people.mara_row)

    assert (badge(people.ada), badge(people.mara)) == (0, 1)


def test_every_step_of_a_day_agrees_with_a_recount(people):
    thread = start(people.olga, people.mara_row)
    platform = start(people.ada, people.harbor)
    for step in (
        lambda: send(people.mara, thread),
        lambda: send(people.sam, thread),
        lambda: read(people.mara, thread, 1),
        lambda: send(people.mara, thread, up_to=3),
        lambda: close(people.wim_at_harbor, thread),
        lambda: read(people.olga, thread),
        lambda: send(people.ben, platform),
        lambda: send(people.sam, platform, up_to=2),
        lambda: change_settings(storefront_admin_conversations=False),
    ):
        step()
        assert stored_counts() == counted_anew()
