"""The team inbox: shared, never counted; and the side that has nobody left gets its members back."""

from __future__ import annotations

import pytest

from tests.factories import close, deactivate, make_admin, make_member, read, reopen, saving, send, start, viewer_of
from tests.messaging.looking import badge, counted_anew, listed, participants, row, stored_counts, unread
from webapp.accounts.models import Side, StoreMember
from webapp.database import now, reading, session
from webapp.messaging import membership


def leave(side, person, store_id=None):
    with saving():
        membership.leave(side, person, store_id, now())


def end_membership(store, user):
    with reading():
        member = session.get(StoreMember, (store.id, user.id))
        session.expunge(member)
    deactivate(member)


def test_a_store_shares_its_conversations_and_mine_are_those_i_take_part_in(people):
    start(people.olga, people.mara_row, "Olga's")
    start(people.ada, (people.sam_row, people.harbor), "Sam's")

    assert listed(people.olga) == ["Olga's"]
    assert listed(people.sam) == ["Sam's"]
    assert listed(people.olga, team=True) == listed(people.sam, team=True) == ["Sam's", "Olga's"]
    assert listed(people.tom, team=True) == []


def test_the_admins_share_the_platforms(people):
    start(people.ada, people.mara_row, "Ada's")
    start(people.ben, people.tea, "Ben's")
    start(people.olga, people.mara_row, "The store's own")

    assert listed(people.ada) == ["Ada's"]
    assert listed(people.ada, team=True) == listed(people.ben, team=True) == ["Ben's", "Ada's"]


def test_the_team_never_counts_in_a_badge(people):
    conversation = start(people.olga, people.mara_row)
    send(people.mara, conversation)

    assert (badge(people.olga), badge(people.sam)) == (1, 0)
    assert row(people.sam, conversation).unread_count == 0


def test_any_member_answers_closes_and_reopens(people):
    conversation = start(people.olga, people.mara_row, "Shared")
    send(people.wim_at_harbor, conversation, "Wim answers")
    close(people.sam, conversation)
    reopen(people.wim_at_harbor, conversation)

    assert listed(people.wim_at_harbor) == ["Shared"]
    assert listed(people.wim_at_tea) == []


def test_a_user_of_two_stores_has_two_inboxes(people):
    here = start(people.ada, people.harbor)
    start(people.ada, people.tea)
    read(people.wim_at_harbor, here)

    assert (badge(people.wim_at_harbor), badge(people.wim_at_tea)) == (0, 1)


@pytest.mark.parametrize("end", ["account", "membership", "left", "left the store"])
def test_a_reply_to_a_side_without_anybody_active_reaches_its_active_members(people, end):
    conversation = start(people.olga, people.mara_row)
    match end:
        case "account":
            deactivate(people.olga_row)
        case "membership":
            end_membership(people.harbor, people.olga_row)
        case "left":
            leave(Side.STORE, people.olga.id)
        case "left the store":
            leave(Side.STORE, people.olga.id, people.harbor.id)
    if end.startswith("left"):
        deactivate(people.olga_row)
    send(people.mara, conversation, "Is anybody there?")

    assert {("store", people.sam.id), ("store", people.wim_row.id)} <= participants(conversation)
    assert (badge(people.sam), badge(people.wim_at_harbor), badge(people.tom)) == (1, 1, 0)
    assert stored_counts() == counted_anew()


def test_nobody_joins_while_one_is_still_active(people):
    conversation = start(people.ada, people.harbor)
    deactivate(people.olga_row)
    deactivate(people.wim_row)
    newcomer = make_member(people.harbor, people.tom_row)
    send(people.ada, conversation)

    assert ("store", newcomer.user_id) not in participants(conversation)


def test_what_nobody_had_read_is_unread_for_those_who_take_over(people):
    conversation = start(people.olga, people.mara_row)
    send(people.mara, conversation, "Read by Olga")
    read(people.olga, conversation)
    send(people.mara, conversation, "Read by nobody")
    deactivate(people.olga_row)
    send(people.mara, conversation, "Hello?")

    assert (unread(people.sam, conversation), badge(people.sam)) == (2, 2)
    assert stored_counts() == counted_anew()


def test_the_platforms_side_is_filled_too(people):
    conversation = start(people.ada, people.mara_row)
    deactivate(people.ada_row)
    late = viewer_of(make_admin("Late Admin"))
    send(people.mara, conversation)

    assert participants(conversation) >= {("admin", people.ben.id), ("admin", late.id)}
    assert (badge(people.ben), badge(late)) == (1, 1)


def test_a_user_active_elsewhere_does_not_keep_this_store_filled(people):
    conversation = start(people.wim_at_harbor, people.mara_row)
    end_membership(people.harbor, people.wim_row)
    send(people.mara, conversation)

    assert badge(people.olga) == badge(people.sam) == 1
    assert badge(people.wim_at_tea) == 0


def test_a_whole_store_that_is_gone_and_returns_misses_nothing(people):
    conversation = start(people.ada, people.tea)
    for user in (people.tom_row, people.wim_row):
        end_membership(people.tea, user)
        leave(Side.STORE, user.id, people.tea.id)
    send(people.ada, conversation, "Nobody is there")
    assert participants(conversation) == {("admin", people.ada.id)}

    make_member(people.tea, people.tom_row)
    send(people.ada, conversation, "Somebody is back")

    assert (unread(people.tom, conversation), badge(people.tom)) == (3, 3)
    assert stored_counts() == counted_anew()


def test_leaving_takes_the_unread_out_of_the_badge_and_joining_again_brings_it_right(people):
    conversation = start(people.ada, people.harbor)
    send(people.ada, conversation)
    assert badge(people.sam) == 2

    leave(Side.STORE, people.sam.id, people.harbor.id)
    assert (badge(people.sam), listed(people.sam)) == (0, [])
    assert stored_counts() == counted_anew()

    send(people.sam, conversation, "Back again")
    send(people.ada, conversation)
    assert badge(people.sam) == 1
    assert stored_counts() == counted_anew()


def test_leaving_one_store_is_not_leaving_the_other(people):
    start(people.ada, people.harbor)
    start(people.ada, people.tea)
    leave(Side.STORE, people.wim_row.id, people.tea.id)

    assert (badge(people.wim_at_harbor), badge(people.wim_at_tea)) == (1, 0)
