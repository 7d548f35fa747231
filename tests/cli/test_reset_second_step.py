"""Ending a second step that its owner cannot show any more."""

from __future__ import annotations

import pyotp
import pytest

from tests.factories import make_customer, make_store, make_store_user, saving
from webapp.accounts.factors import second
from webapp.database import session


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


def set_up(account):
    with saving():
        account = session.merge(account)
        second.begin(account)
        second.confirm(account, pyotp.TOTP(second.unconfirmed(account)[0]).now())


def test_it_ends_for_a_user_and_for_a_customer_each_by_itself(app, run):
    store = make_store()
    olga, mara = make_store_user(store, "Olga", email="olga@example.com"), make_customer(store, "Mara")
    set_up(olga)
    set_up(mara)

    assert run("reset-second-step", "olga@example.com").exit_code == 0
    again = run("reset-second-step", "olga@example.com")
    assert (again.exit_code, "has no second step" in again.output) == (1, True)
    with app.app_context():
        assert (second.is_on(olga), second.is_on(mara)) == (False, True)
    assert run("reset-second-step", "mara@example.com", "--store", "harbor-goods", "--customer").exit_code == 0
    with app.app_context():
        assert not second.is_on(mara)
