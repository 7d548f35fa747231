"""Tokens of programs: found by the whole secret at their own portal, ended by time, by hand, and with their person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import PASSWORD, deactivate, saving
from tests.people import People
from webapp.accounts import tokens
from webapp.accounts.errors import Invalid, StoreNeeded, TooManyAttempts, WrongCredentials
from webapp.accounts.models import ApiToken, Scope, Side, StoreMember
from webapp.accounts.sessions import Visit, hash_token
from webapp.accounts.sign_in import sign_in_program
from webapp.accounts.tokens import SIGN_IN_LASTS, USED_EVERY
from webapp.database import now, reading, session, writing

pytestmark = pytest.mark.usefixtures("db_context")
VISIT = Visit("192.0.2.1", "httpx")


@pytest.fixture
def people(db_context):
    return People()


def issue(viewer, name="Orders", scopes=(Scope.READ,), days=90):
    with writing():
        return tokens.issue_own(viewer, name, scopes, days)


def found(side, token):
    with reading():
        return tokens.find(side, token)


def names(viewer):
    with reading():
        return [token.name for token, _ in tokens.of_viewer(viewer)]


@pytest.mark.parametrize("who", ["ada", "olga", "wim_at_tea", "mara"])
def test_a_token_says_who_it_acts_as_and_what_it_may_do(people, who):
    viewer = getattr(people, who)
    held = found(viewer.side, issue(viewer, scopes=(Scope.WRITE,)))

    assert (held.viewer.side, held.viewer.id, held.viewer.store_id) == (viewer.side, viewer.id, viewer.store_id)
    assert held.scopes == {Scope.WRITE}


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_it_is_none_at_another_portal(people, who):
    viewer = getattr(people, who)
    token = issue(viewer)

    assert [side for side in Side if found(side, token)] == [viewer.side]


def test_only_the_whole_secret_finds_it(people):
    token = issue(people.olga)

    for wrong in (
        "",
        token[:-1],
        token + "a",
        token.upper(),
        token.removeprefix("parley_"),
        f" {token}",
        hash_token(token),
    ):
        assert found(Side.STORE, wrong) is None


def test_only_a_hash_is_kept(people):
    token = issue(people.olga)
    with reading():
        (row,) = session.execute(select(ApiToken.__table__)).mappings()

    assert row["token_hash"] == hash_token(token)
    assert token not in str(dict(row))


def test_it_ends_with_its_last_day(people):
    token = issue(people.olga, days=30)

    with time_machine.travel(now() + timedelta(days=29, hours=23), tick=False):
        assert found(Side.STORE, token)
    with time_machine.travel(now() + timedelta(days=30, seconds=1), tick=False):
        assert found(Side.STORE, token) is None
        assert names(people.olga) == []


@pytest.mark.parametrize("what", ["sam_row", "harbor", "membership"])
def test_it_ends_with_what_it_rests_on(people, what):
    token = issue(people.sam)
    if what == "membership":
        with saving():
            member = session.get_one(StoreMember, (people.harbor.id, people.sam.id))
        deactivate(member)
    else:
        deactivate(getattr(people, what))

    assert found(Side.STORE, token) is None


def test_a_customers_token_ends_with_the_customer(people):
    token = issue(people.mara)
    deactivate(people.mara_row)

    assert found(Side.CUSTOMER, token) is None


def test_everybody_sees_and_revokes_their_own_only(people):
    """The first customer and the first users have the same ids on other sides."""
    everybody = (people.ada, people.ben, people.olga, people.sam, people.mara, people.luis, people.nina)
    for viewer in everybody:
        issue(viewer, f"Of {viewer.name}")
    with reading():
        ids = {row.name: row.id for row in session.execute(select(ApiToken.name, ApiToken.id))}

    for viewer in everybody:
        assert names(viewer) == [f"Of {viewer.name}"]
        for name, number in ids.items():
            if name != f"Of {viewer.name}":
                with writing():
                    assert tokens.revoke(viewer, number) is False
    with writing():
        assert tokens.revoke(people.mara, ids["Of Mara Lind"]) is True
    assert names(people.mara) == []
    assert names(people.ada) == ["Of Ada Admin"]


def test_a_user_of_two_stores_sees_the_tokens_of_both_with_their_stores(people):
    issue(people.wim_at_harbor, "One")
    issue(people.wim_at_tea, "Two")

    with reading():
        assert [(token.name, store) for token, store in tokens.of_viewer(people.wim_at_tea)] == [
            ("Two", "Tea Corner"),
            ("One", "Harbor Goods"),
        ]


def test_using_it_is_due_every_five_minutes(people):
    token = issue(people.olga)
    held = found(Side.STORE, token)
    assert held.is_due
    with writing():
        tokens.touch(held.token_id)

    assert not found(Side.STORE, token).is_due
    with time_machine.travel(now() + USED_EVERY + timedelta(seconds=1), tick=False):
        assert found(Side.STORE, token).is_due


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_what_is_not_valid_is_refused(people, changes, field):
    with pytest.raises(Invalid) as refused:
        issue(people.olga, **changes)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("who", "side", "code"),
    [
        ("ada_row", Side.ADMIN, None),
        ("olga_row", Side.STORE, None),
        ("olga_row", Side.STORE, "harbor-goods"),
        ("wim_row", Side.STORE, "tea-corner"),
        ("mara_row", Side.CUSTOMER, "harbor-goods"),
    ],
)
def test_a_password_makes_a_token_of_twelve_hours(people, who, side, code):
    token, until = sign_in_program(side, getattr(people, who).email, PASSWORD, VISIT, code)

    assert found(side, token).scopes == set(Scope)
    assert abs(until - now() - SIGN_IN_LASTS) < timedelta(minutes=1)


def test_a_user_of_two_stores_is_asked_for_one_after_a_right_password_only(people):
    with pytest.raises(StoreNeeded):
        sign_in_program(Side.STORE, people.wim_row.email, PASSWORD, VISIT)
    with pytest.raises(WrongCredentials):
        sign_in_program(Side.STORE, people.wim_row.email, "wrong", VISIT)
    for code in ("no-such-store", "TEA-CORNER", ""):
        with pytest.raises(WrongCredentials):
            sign_in_program(Side.STORE, people.wim_row.email, PASSWORD, VISIT, code)
    with pytest.raises(WrongCredentials):
        sign_in_program(Side.STORE, people.olga_row.email, PASSWORD, VISIT, "tea-corner")


def test_guessing_is_limited_as_in_the_browser(people):
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            sign_in_program(Side.ADMIN, people.ada_row.email, "wrong", VISIT)
    with pytest.raises(TooManyAttempts):
        sign_in_program(Side.ADMIN, people.ada_row.email, PASSWORD, VISIT)
