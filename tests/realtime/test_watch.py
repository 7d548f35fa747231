"""Whatever ends a session, a membership or an account, and whoever does it, ends the streams that rest on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.factories import deactivate, saving
from tests.portals.fixtures import start_session
from webapp.accounts import sessions
from webapp.accounts.models import SignInSession, Store, StoreMember, UserRole
from webapp.database import now, session
from webapp.realtime import channels, watch


@pytest.fixture
def names(app, people):
    """A session's channel for each of some people."""
    return {
        who: channels.of_session(viewer.side, sessions.hash_token(start_session(viewer)), viewer.store_id)
        for who in ("ada", "olga", "sam", "wim_at_harbor", "mara", "luis")
        for viewer in [getattr(people, who)]
    }


def ended(app, names):
    with app.app_context():
        over = watch.ended([*names.values(), channels.EVERYBODY])
    return {who for who, name in names.items() if name in over}


def change(statement):
    with saving():
        session.execute(statement)


def by_id(account, **values):
    return update(type(account)).where(type(account).id == account.id).values(**values)


def test_nothing_ends_by_itself(app, names):
    assert ended(app, names) == set()


def test_what_ends_a_stream(app, people, names):
    over = set()
    is_sam = StoreMember.user_id == people.sam.id
    for who, act in (
        ("ada", lambda: change(by_id(people.ada_row, role=UserRole.STORE))),
        (
            "sam",
            lambda: change(update(StoreMember).where(is_sam).values(is_active=False)),
        ),
        ("mara", lambda: deactivate(people.mara_row)),
        ("luis", lambda: change(delete(SignInSession).where(SignInSession.customer_id == people.luis.id))),
        ("wim_at_harbor", lambda: change(switch(people.wim_row.id, people.tea.id))),
        ("olga", lambda: change(update(Store).where(Store.id == people.harbor.id).values(is_active=False))),
    ):
        act()
        over.add(who)
        assert ended(app, names) == over


def switch(user_id, store_id):
    return update(SignInSession).where(SignInSession.user_id == user_id).values(store_id=store_id)


@pytest.mark.parametrize("column", ["expires_at", "last_seen_at"])
def test_a_session_that_runs_out_ends_its_stream(app, people, names, column):
    change(
        update(SignInSession).where(SignInSession.user_id == people.olga.id).values({column: now() - timedelta(days=8)})
    )

    assert ended(app, names) == {"olga"}


def test_a_channel_of_another_side_with_the_same_secret_is_over(app, people, names):
    token_hash = channels.session_of(names["olga"])[2]
    other = {"forged": channels.of_session(people.ada.side, token_hash, None)}

    assert ended(app, other) == {"forged"}


def test_many_are_asked_for_in_few_statements(app, people, names):
    with app.app_context():
        found = session.scalars(select(SignInSession.token_hash).where(SignInSession.user_id == people.olga.id)).all()
        many = sessions.still_valid(people.olga.side, [*(f"{number:064}" for number in range(1200)), *found])

    assert list(many) == found
