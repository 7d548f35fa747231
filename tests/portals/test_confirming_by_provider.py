"""Showing again who one is by signing in at the identity provider anew, for those who have no password here."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.factories import saving
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of
from tests.portals.test_provider_sign_in import app, at_provider, leave, provider, running, shared_app, sign_in_at
from webapp.accounts.models import User
from webapp.accounts.passwords import UNUSABLE
from webapp.database import now, session

__all__ = ["app", "provider", "running", "shared_app"]

CONFIRM = "/store/access/confirm"


@pytest.fixture
def clock():
    with time_machine.travel(now().replace(microsecond=0)) as moved:
        yield moved


@pytest.fixture
def olga(app, provider, people, clock):
    """Olga, who has no password here, signed in by the provider an hour ago, and still signed in there."""
    with saving():
        session.get_one(User, people.olga.id).password_hash = UNUSABLE
    provider.email = people.olga.email
    browser, _ = sign_in_at(app)
    clock.shift(timedelta(hours=1))
    return browser


def is_confirmed(browser):
    browser.get("/store/access")
    made = browser.submit("/access/tokens", name="x", scopes="messages:read", days="30")
    return made.status_code == 201


def go(browser, query=""):
    """Go to the provider to confirm; return the path with which the browser comes back."""
    return at_provider(browser.get(f"{CONFIRM}/provider{query}").location)


def test_the_provider_asks_again_and_that_confirms(app, provider, people, olga):
    olga.get("/store/access")
    asked = olga.submit("/access/tokens", name="x", scopes="messages:read", days="30")
    assert asked.location == f"{CONFIRM}?next=/store/access"
    page = olga.get(asked.location).text
    assert "Continue with Acme ID" in page
    assert "current-password" not in page
    sessions = all_rows(app)["sessions"]

    done = olga.get(go(olga, "?next=/store/access"))

    assert (done.status_code, done.location) == (303, "/store/access")
    sent = provider.asked[-1]
    assert (sent["prompt"], sent["max_age"], sent["login_hint"]) == ("login", "0", people.olga.email)
    assert [row["token_hash"] for row in all_rows(app)["sessions"]] == [row["token_hash"] for row in sessions]
    assert is_confirmed(olga)


@pytest.mark.parametrize("how", ["it does not ask", "it does not say when", "it says when that is not told"])
def test_a_provider_that_did_not_ask_confirms_nothing(app, provider, olga, how):
    provider.asks_again = how != "it does not ask"
    provider.says_when = how != "it does not say when"
    if how == "it says when that is not told":
        provider.claims = {"auth_time": int(now().timestamp()) + 3600}

    done = olga.get(go(olga))

    assert done.location == CONFIRM
    assert "Acme ID did not confirm that it is you" in olga.get(CONFIRM).text
    assert not is_confirmed(olga)


@pytest.mark.parametrize("who", ["sam", "ada", "nobody"])
def test_somebody_else_who_signs_in_there_confirms_nothing(app, provider, people, olga, who):
    provider.email = "nobody@example.com" if who == "nobody" else getattr(people, who).email

    assert olga.get(go(olga)).location == CONFIRM
    assert not is_confirmed(olga)
    assert all_rows(app)["audit_log"][-1]["action"] == "sign_in_failed"


def test_a_way_that_began_to_confirm_signs_nobody_in(app, provider, olga):
    back = go(olga)
    cookie = olga.get_cookie("parley_store_provider").value
    stranger = browser_of(app)
    stranger.set_cookie("parley_store_provider", cookie)
    assert stranger.get(back).location == "/store/login"
    assert stranger.get("/store").status_code == 302


def test_a_way_that_began_as_a_sign_in_does_not_confirm(app, provider, olga):
    assert olga.get(at_provider(leave(app, browser=olga)[1])).location == "/store/messages"

    assert not is_confirmed(olga), "the provider knew the person, and asked nothing for a mere sign-in"


def test_it_confirms_the_session_in_which_it_began_and_once(app, provider, people, olga, clock):
    back = go(olga)
    cookie = olga.get_cookie("parley_store_provider").value
    provider.signed_in_at -= 7200
    other, _ = sign_in_at(app)
    other.set_cookie("parley_store_provider", cookie)
    assert other.get(back).location == CONFIRM, "another session of the same person"
    assert not is_confirmed(other)

    provider.start_over()
    provider.email = people.olga.email
    back = go(olga)
    cookie = olga.get_cookie("parley_store_provider").value
    assert olga.get(back).location == "/store/access"
    clock.shift(timedelta(minutes=16))
    olga.set_cookie("parley_store_provider", cookie)
    assert olga.get(back).location in {"/store/login", CONFIRM}, "the same way back once more"
    assert not is_confirmed(olga)


def test_whoever_was_signed_in_there_already_is_asked_before_the_first_dangerous_act(app, provider, people, clock):
    provider.email, provider.signed_in_at = people.olga.email, int(now().timestamp()) - 3600
    browser, done = sign_in_at(app)
    assert done.location == "/store/messages"
    assert not is_confirmed(browser)

    provider.signed_in_at = None
    browser, _ = sign_in_at(app)
    assert is_confirmed(browser)


def test_a_provider_that_is_away_is_said_on_the_page_that_asks(app, provider, olga):
    app.extensions["parley.provider"]._known_until = 0
    provider.about = {"issuer": "https://evil.test"}

    assert olga.get(f"{CONFIRM}/provider").location == CONFIRM
    assert "Acme ID does not answer" in olga.get(CONFIRM).text


def test_without_a_provider_there_is_no_such_way(sqlite_app):
    assert browser_of(sqlite_app).get(f"{CONFIRM}/provider").status_code == 404


def test_customers_have_no_such_way(app, people, sign_in):
    mara = sign_in(people.mara)
    assert "Acme ID" not in mara.get("/storefront/account/access/confirm").text
    assert mara.get("/storefront/account/access/confirm/provider").status_code == 404
