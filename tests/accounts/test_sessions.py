"""Sessions: found by their secret only, ended by time, by sign-out, and by the end of anything they rest on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import (
    AGENT,
    OWNER,
    deactivate,
    make_admin,
    make_customer,
    make_member,
    make_store,
    make_store_user,
    saving,
)
from webapp.accounts import sessions
from webapp.accounts.models import Side, SignInSession, StoreMember
from webapp.accounts.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT, SEEN_EVERY, Visit, hash_token
from webapp.database import now, reading, session, writing

pytestmark = pytest.mark.usefixtures("db_context")


def begin(account, store_id=None):
    with saving():
        return sessions.start(account, store_id, Visit("192.0.2.1", "Firefox"))


def found(side, token):
    with reading():
        return sessions.find(side, token)


def touch(token):
    with writing():
        sessions.touch(hash_token(token))


@pytest.fixture
def harbor():
    return make_store("harbor-goods")


def test_a_session_says_who_it_is_and_where(harbor):
    olga = make_store_user(harbor, "Olga", OWNER)
    viewer = found(Side.STORE, begin(olga, harbor.id)).viewer

    assert (viewer.side, viewer.id, viewer.name, viewer.email) == (Side.STORE, olga.id, "Olga", "olga@example.com")
    assert (viewer.store.id, viewer.store.code, viewer.store.name) == (harbor.id, "harbor-goods", "Harbor Goods")
    assert viewer.role is OWNER


def test_an_admin_has_no_store_and_a_customer_has_theirs(harbor):
    mara = make_customer(harbor, "Mara")

    assert found(Side.ADMIN, begin(make_admin())).viewer.store is None
    assert found(Side.CUSTOMER, begin(mara, harbor.id)).viewer.store_id == harbor.id


def test_only_the_hash_of_the_secret_is_kept():
    token = begin(make_admin())
    row = session.scalars(select(SignInSession)).one()

    assert len(token) >= 43
    assert row.token_hash == hash_token(token)
    assert token not in str(vars(row))


@pytest.mark.parametrize("guess", ["", "x", "' OR 1=1", "\ud800", "ü" * 5000])
def test_no_other_secret_finds_it(guess):
    token = begin(make_admin())

    for wrong in (guess, token[:-1], token + "x", token.upper(), hash_token(token)):
        assert found(Side.ADMIN, wrong) is None
    assert found(Side.ADMIN, token)


def test_it_ends_after_thirty_days_however_much_it_is_used():
    token, began = begin(make_admin()), now()
    for day in range(3, 30, 3):
        with time_machine.travel(began + timedelta(days=day), tick=False):
            assert found(Side.ADMIN, token)
            touch(token)
    with time_machine.travel(began + ABSOLUTE_LIMIT + timedelta(seconds=1), tick=False):
        assert found(Side.ADMIN, token) is None


def test_it_ends_after_seven_idle_days():
    token, began = begin(make_admin()), now()
    with time_machine.travel(began + IDLE_LIMIT - timedelta(minutes=1), tick=False):
        assert found(Side.ADMIN, token)
    with time_machine.travel(began + IDLE_LIMIT + timedelta(minutes=1), tick=False):
        assert found(Side.ADMIN, token) is None


def test_it_is_due_every_five_minutes():
    token, began = begin(make_admin()), now()
    assert not found(Side.ADMIN, token).is_due
    with time_machine.travel(began + SEEN_EVERY + timedelta(seconds=1), tick=False):
        assert found(Side.ADMIN, token).is_due
        touch(token)
        assert not found(Side.ADMIN, token).is_due


def test_signing_out_ends_this_browser_only():
    admin = make_admin()
    here, there = begin(admin), begin(admin)
    with writing():
        sessions.end(here)

    assert found(Side.ADMIN, here) is None
    assert found(Side.ADMIN, there)


def test_expired_sessions_are_cleared_away():
    admin = make_admin()
    begin(admin)
    with time_machine.travel(now() + ABSOLUTE_LIMIT + timedelta(days=1), tick=False):
        begin(admin)
        with reading():
            assert len(session.scalars(select(SignInSession.token_hash)).all()) == 1


@pytest.mark.parametrize("ended", ["user", "member", "store"])
def test_a_store_users_session_ends_with_what_it_rests_on(harbor, ended):
    olga = make_store_user(harbor, "Olga")
    mate = begin(make_store_user(harbor, "Mate"), harbor.id)
    token = begin(olga, harbor.id)
    with reading():
        member = session.get(StoreMember, (harbor.id, olga.id))
        session.expunge(member)
    deactivate({"user": olga, "member": member, "store": harbor}[ended])

    assert found(Side.STORE, token) is None
    assert (found(Side.STORE, mate) is None) is (ended == "store")


@pytest.mark.parametrize("ended", ["customer", "store"])
def test_a_customers_session_ends_with_what_it_rests_on(harbor, ended):
    mara = make_customer(harbor, "Mara")
    token = begin(mara, harbor.id)
    deactivate({"customer": mara, "store": harbor}[ended])

    assert found(Side.CUSTOMER, token) is None


def test_an_admins_session_ends_with_the_account():
    ada = make_admin()
    token, other = begin(ada), begin(make_admin("Ben"))
    deactivate(ada)

    assert found(Side.ADMIN, token) is None
    assert found(Side.ADMIN, other)


@pytest.mark.parametrize("table", ["user", "member", "customer"])
def test_a_flag_alone_ends_it_at_the_next_request(harbor, table):
    """Whoever sets the flag, and however: the session's row need not go."""
    olga, mara = make_store_user(harbor, "Olga"), make_customer(harbor, "Mara")
    side, token = (
        (Side.CUSTOMER, begin(mara, harbor.id)) if table == "customer" else (Side.STORE, begin(olga, harbor.id))
    )
    assert found(side, token)
    with writing():
        row = {
            "user": lambda: session.merge(olga),
            "member": lambda: session.get(StoreMember, (harbor.id, olga.id)),
            "customer": lambda: session.merge(mara),
        }[table]()
        row.is_active = False

    assert found(side, token) is None


def test_deactivating_a_membership_leaves_the_session_at_the_other_store(harbor):
    tea = make_store("tea-corner")
    wim = make_store_user(harbor, "Wim")
    member = make_member(tea, wim)
    here, there = begin(wim, harbor.id), begin(wim, tea.id)
    deactivate(member)

    assert found(Side.STORE, here)
    assert found(Side.STORE, there) is None


def test_a_store_user_switches_between_their_own_stores_only(harbor):
    tea, foreign, closed = make_store("tea-corner"), make_store("foreign"), make_store("closed")
    wim = make_store_user(harbor, "Wim")
    make_member(tea, wim, AGENT)
    make_member(closed, wim)
    deactivate(closed)
    token = begin(wim, harbor.id)
    signed_in = found(Side.STORE, token)
    assert signed_in.store_count == 2
    assert [store.code for store in sessions.stores_of(signed_in.viewer)] == ["harbor-goods", "tea-corner"]

    for code in (foreign.code, closed.code, "unknown", ""):
        with writing():
            assert sessions.switch_store(hash_token(token), signed_in.viewer, code) is None
        assert found(Side.STORE, token).viewer.store_id == harbor.id
    with writing():
        assert sessions.switch_store(hash_token(token), signed_in.viewer, "tea-corner").id == tea.id
    viewer = found(Side.STORE, token).viewer
    assert (viewer.store_id, viewer.role) == (tea.id, AGENT)


def test_a_store_user_begins_where_they_were_last_else_where_they_joined_first(harbor):
    apples = make_store("apples")
    wim = make_store_user(harbor, "Wim")
    make_member(apples, wim)
    with reading():
        assert sessions.first_store_id(wim) == harbor.id
    begin(wim, apples.id)
    with reading():
        assert sessions.first_store_id(wim) == apples.id
