"""Starting a conversation: who may, with whom, exactly once, and who takes part from the beginning."""

from __future__ import annotations

import uuid

import pytest

from tests.factories import deactivate, make_customer, make_member, make_store, messaging, start
from tests.messaging.looking import badge, history, listed, participants, row, sees, unread
from webapp.accounts.models import Side
from webapp.database import writing
from webapp.messaging.drafts import NewConversation
from webapp.messaging.errors import Invalid, KeyReused, NotAllowed
from webapp.messaging.models import ConversationType
from webapp.messaging.recipients import Recipient


def try_to_start(viewer, channel, recipient):
    with writing():
        return messaging.create_conversation(viewer, NewConversation(channel, recipient, "Subject", "Text"))


def test_a_store_user_starts_with_a_customer_of_their_store(people):
    started = start(people.olga, people.mara_row, "Your order", "It is on its way")

    assert started.conversation_type is ConversationType.STORE_CUSTOMER
    assert (started.store_id, started.customer_id) == (people.harbor.id, people.mara.id)
    assert participants(started) == {("store", people.olga.id), ("customer", people.mara.id)}
    assert (badge(people.mara), badge(people.olga)) == (1, 0)
    assert history(started) == [(1, "It is on its way")]


def test_an_admin_starts_with_a_customer(people):
    started = start(people.ada, people.nina_row)

    assert started.conversation_type is ConversationType.ADMIN_CUSTOMER
    assert (started.store_id, started.customer_id) == (people.tea.id, people.nina.id)
    assert participants(started) == {("admin", people.ada.id), ("customer", people.nina.id)}


def test_an_admin_starts_with_one_user_of_a_store(people):
    started = start(people.ada, (people.wim_row, people.tea))

    assert (started.conversation_type, started.store_id) == (ConversationType.ADMIN_STORE, people.tea.id)
    assert participants(started) == {("admin", people.ada.id), ("store", people.wim_row.id)}
    assert (badge(people.wim_at_tea), badge(people.wim_at_harbor)) == (1, 0)


def test_the_whole_store_is_every_active_member(people):
    deactivate(people.sam_row)
    started = start(people.ada, people.harbor)

    assert participants(started) == {("admin", people.ada.id), ("store", people.olga.id), ("store", people.wim_row.id)}
    assert (badge(people.olga), badge(people.wim_at_harbor), badge(people.tom)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("who", "channel", "recipient"),
    [
        ("ada", "store_customer", "mara_row"),
        ("olga", "admin_store", "harbor"),
        ("olga", "admin_customer", "mara_row"),
        ("mara", "store_customer", "mara_row"),
        ("mara", "admin_customer", "mara_row"),
        ("mara", "admin_store", "harbor"),
    ],
)
def test_a_channel_that_is_not_theirs_to_start_is_refused(people, who, channel, recipient):
    row = getattr(people, recipient)
    to = Recipient(Side.STORE, None, row.id) if recipient == "harbor" else Recipient(Side.CUSTOMER, row.id)

    with pytest.raises(NotAllowed):
        try_to_start(getattr(people, who), ConversationType(channel), to)
    assert listed(people.olga, team=True) == listed(people.ada, team=True) == listed(people.mara) == []


def test_foreign_and_unknown_customers_are_the_same_refusal(people):
    refusals = set()
    for number in (people.nina.id, 999_999):
        with pytest.raises(Invalid) as refused:
            try_to_start(people.olga, ConversationType.STORE_CUSTOMER, Recipient(Side.CUSTOMER, number))
        refusals.add((refused.value.field, refused.value.code, refused.value.message))

    assert len(refusals) == 1
    assert try_to_start(people.olga, ConversationType.STORE_CUSTOMER, Recipient(Side.CUSTOMER, people.mara.id))


def test_a_recipient_who_is_not_active_is_refused_like_an_unknown_one(people):
    for gone in (people.mara_row, people.tom_row, people.tea):
        deactivate(gone)
    quiet = make_store("empty-store")

    for channel, to in [
        (ConversationType.ADMIN_CUSTOMER, Recipient(Side.CUSTOMER, people.mara.id)),
        (ConversationType.ADMIN_CUSTOMER, Recipient(Side.CUSTOMER, people.nina.id)),
        (ConversationType.ADMIN_STORE, Recipient(Side.STORE, people.tom.id, people.tea.id)),
        (ConversationType.ADMIN_STORE, Recipient(Side.STORE, None, people.tea.id)),
        (ConversationType.ADMIN_STORE, Recipient(Side.STORE, None, quiet.id)),
        (ConversationType.ADMIN_STORE, Recipient(Side.STORE, people.olga.id, people.tea.id)),
        (ConversationType.ADMIN_STORE, Recipient(Side.STORE)),
    ]:
        with pytest.raises(Invalid) as refused:
            try_to_start(people.ada, channel, to)
        assert refused.value.field == "recipient"


def test_a_recipient_of_the_other_kind_is_refused(people):
    with pytest.raises(Invalid):
        try_to_start(people.ada, ConversationType.ADMIN_STORE, Recipient(Side.CUSTOMER, people.mara.id))
    with pytest.raises(Invalid):
        try_to_start(people.ada, ConversationType.ADMIN_CUSTOMER, Recipient(Side.STORE, None, people.harbor.id))


def test_the_same_key_again_answers_with_the_first_conversation(people):
    key = str(uuid.uuid4())
    first = start(people.olga, people.mara_row, "Once", "Text", key)
    again = start(people.olga, people.mara_row, "Once", "Text", key)

    assert again.id == first.id
    assert len(history(first)) == 1
    assert badge(people.mara) == 1


@pytest.mark.parametrize("change", [{"subject": "Other"}, {"text": "Other"}, {"to": "luis_row"}])
def test_the_same_key_for_another_request_is_refused(people, change):
    key = str(uuid.uuid4())
    start(people.olga, people.mara_row, "Once", "Text", key)
    request = {"to": people.mara_row, "subject": "Once", "text": "Text"} | change
    if isinstance(request["to"], str):
        request["to"] = people.luis_row

    with pytest.raises(KeyReused):
        start(people.olga, **request, key=key)
    assert listed(people.olga) == ["Once"]


def test_a_retry_after_the_recipient_was_deactivated_gets_the_first_answer(people):
    key = str(uuid.uuid4())
    first = start(people.olga, people.mara_row, "Once", "Text", key)
    deactivate(people.mara_row)

    assert start(people.olga, people.mara_row, "Once", "Text", key).id == first.id


def test_a_retry_from_the_other_store_does_not_open_the_first_ones_conversation(people):
    key = str(uuid.uuid4())
    start(people.wim_at_harbor, people.mara_row, "Once", "Text", key)

    with pytest.raises((Invalid, KeyReused)):
        start(people.wim_at_tea, people.mara_row, "Once", "Text", key)


def test_the_same_key_of_two_people_makes_two_conversations(people):
    key = str(uuid.uuid4())
    one, two = (start(who, people.mara_row, "Same", "Same", key) for who in (people.olga, people.sam))

    assert one.id != two.id


def test_a_member_who_joins_later_sees_it_in_the_team_but_has_nothing_unread(people):
    started = start(people.ada, people.tea)
    make_member(people.tea, people.sam_row)
    sam_at_tea = type(people.sam)(Side.STORE, people.sam.id, "Sam", "sam@example.com", store=people.tom.store)

    assert sees(sam_at_tea, started)
    assert unread(sam_at_tea, started) == badge(sam_at_tea) == 0
    assert listed(sam_at_tea) == []


def test_the_same_address_at_two_stores_is_two_customers(people):
    twin = make_customer(people.tea, "Mara Lind", people.mara_row.email)
    started = start(people.tom, twin)

    assert not sees(people.mara, started)
    assert row(people.tom, started).other_party.id == twin.id
