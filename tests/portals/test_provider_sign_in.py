"""Signing in by an identity provider that runs beside the test: who gets in, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine

from tests import backends
from tests.accounts import identity_provider
from tests.accounts.identity_provider import CLIENT, SECRET
from tests.factories import change_settings, deactivate, save_in
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of
from tests.portals.test_second_step import set_up
from webapp.accounts.attempts import PER_ACCOUNT_AND_ADDRESS, WINDOW
from webapp.database import now


@pytest.fixture(scope="module")
def running():
    with identity_provider.running() as provider:
        yield provider


@pytest.fixture(scope="module")
def shared_app(running, tmp_path_factory, worker_name):
    url = f"sqlite:///{tmp_path_factory.mktemp('provider') / worker_name}.db"
    known = {"oidc_issuer": running.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_name": "Acme ID"}
    with backends.running_app(url, base_url="http://localhost", **known) as app:
        backends.migrate(app)
        yield app


@pytest.fixture
def app(shared_app):
    backends.empty(shared_app)
    save_in(shared_app)
    shared_app.extensions["parley.provider"]._known_until = 0
    yield shared_app
    save_in(None)


@pytest.fixture
def provider(running):
    running.start_over()
    return running


def leave(app, portal="store", query="", browser=None):
    """Go to the provider; return the browser and where it is sent."""
    browser = browser or browser_of(app)
    return browser, browser.get(f"/{portal}/login/provider{query}").location


def at_provider(address):
    """Follow the browser's way through the provider; return the path with which it comes back."""
    back = httpx.get(address).headers["Location"]
    return back.removeprefix("http://localhost")


def sign_in_at(app, portal="store", query=""):
    browser, address = leave(app, portal, query)
    return browser, browser.get(at_provider(address))


@pytest.mark.parametrize(("who", "portal"), [("ada", "admin"), ("olga", "store"), ("sam", "store")])
def test_somebody_with_an_account_gets_in(app, provider, people, who, portal):
    viewer = getattr(people, who)
    provider.email = viewer.email.upper() if who == "sam" else viewer.email
    page = browser_of(app).get(f"/{portal}/login").text
    assert "Continue with Acme ID" in page

    browser, done = sign_in_at(app, portal)

    assert (done.status_code, done.location) == (303, f"/{portal}/messages")
    assert viewer.name in browser.get(f"/{portal}").text
    asked = provider.asked[-1]
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid email")
    noted = [row for row in all_rows(app)["audit_log"] if row["action"] == "signed_in"]
    assert [row["after"] for row in noted] == [{"by": "identity provider"}]


def test_it_leads_to_the_page_that_was_asked_for_and_never_elsewhere(app, provider, people):
    provider.email = people.olga.email

    assert sign_in_at(app, query="?next=/store/messages?status=all")[1].location == "/store/messages?status=all"
    assert sign_in_at(app, query="?next=//evil.test")[1].location == "/store/messages"


@pytest.mark.parametrize("who", ["nobody", "an admin", "a customer", "deactivated", "without a store"])
def test_nobody_else_gets_in_and_no_account_is_made(app, provider, people, who):
    provider.email = {
        "nobody": "nobody@example.com",
        "an admin": people.ada.email,
        "a customer": people.mara.email,
        "deactivated": people.olga.email,
        "without a store": people.tom.email,
    }[who]
    if who == "deactivated":
        deactivate(people.olga_row)
    if who == "without a store":
        deactivate(people.tea)
    before = {name: rows for name, rows in all_rows(app).items() if name in {"users", "customers", "sessions"}}

    browser, done = sign_in_at(app)

    assert done.location == "/store/login"
    assert "Acme ID did not sign you in" in browser.get("/store/login").text
    after = all_rows(app)
    assert before == {name: after[name] for name in before}


def test_customers_have_no_such_way(app, people):
    page = browser_of(app).get(f"/storefront/login?store={people.harbor.code}").text

    assert "Acme ID" not in page
    assert browser_of(app).get("/storefront/login/provider").status_code == 404


def test_a_second_step_is_asked_for_here_too(app, provider, people, sign_in):
    set_up(sign_in(people.olga), "/store/access")
    provider.email = people.olga.email

    browser, done = sign_in_at(app, query="?next=/store/access")

    assert done.location == "/store/login/step?next=/store/access"
    assert browser.get("/store").status_code == 302
    assert "Enter your code" in browser.get(done.location).text


@pytest.mark.parametrize("signed_in", [False, True])
def test_second_steps_that_are_never_done_have_the_limit_of_passwords(app, provider, people, sign_in, signed_in):
    set_up(sign_in(people.olga), "/store/access")
    provider.email = people.olga.email
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        assert sign_in_at(app)[1].status_code == 303

    browser, address = leave(app, browser=sign_in(people.sam) if signed_in else None)
    refused = browser.get(at_provider(address))

    assert refused.status_code == 429
    assert "Too many attempts" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= WINDOW.total_seconds() + 1


def test_a_demanded_second_step_is_set_up_first(app, provider, people):
    change_settings(second_factor_owners=True)
    provider.email = people.olga.email

    assert sign_in_at(app)[0].get("/store/messages").location == "/store/access/second-step"


def test_a_provider_may_change_its_key(app, provider, people):
    provider.email = people.olga.email
    assert sign_in_at(app)[1].location == "/store/messages"
    provider.rotate()

    assert sign_in_at(app)[1].location == "/store/messages"


def test_an_address_may_come_by_itself_but_only_that_of_the_same_person(app, provider, people):
    provider.email = people.olga.email
    provider.claims = {"email": None, "email_verified": None}
    provider.user_info = {"email": people.olga.email, "email_verified": True}
    assert sign_in_at(app)[1].location == "/store/messages"
    provider.user_info["sub"] = "somebody else"

    assert sign_in_at(app)[1].location == "/store/login"


def test_a_sign_in_belongs_to_the_browser_the_portal_and_the_moment_in_which_it_began(app, provider, people):
    provider.email = people.olga.email
    browser, address = leave(app)
    back = at_provider(address)
    assert browser_of(app).get(back).location == "/store/login", "another browser"
    assert browser.get(back.replace("/store/", "/admin/")).location == "/admin/login", "another portal"
    assert browser.get(back.replace("state=", "state=x")).location == "/store/login", "another state"

    browser, address = leave(app)
    back = at_provider(address)
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert browser.get(back).location == "/store/login", "too late"
    browser, address = leave(app)
    back = at_provider(address)
    assert browser.get(back + "&iss=https://evil.test").location == "/store/login", "another provider"
    assert all_rows(app)["sessions"] == []


def test_a_code_is_of_no_use_to_somebody_else_and_works_once(app, provider, people):
    provider.email = people.olga.email
    thief, address = leave(app)
    stolen = parse_qs(urlsplit(at_provider(leave(app)[1])).query)["code"][0]
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert thief.get(f"/store/login/provider/back?code={stolen}&state={state}").location == "/store/login"

    browser, address = leave(app)
    back = at_provider(address)
    cookie = browser.get_cookie("parley_store_provider").value
    assert browser.get(back).location == "/store/messages"
    again = browser_of(app)
    again.set_cookie("parley_store_provider", cookie)
    assert again.get(back).location == "/store/login"


def test_without_a_provider_there_is_no_such_way(sqlite_app):
    assert browser_of(sqlite_app).get("/store/login/provider").status_code == 404
    assert "/login/provider" not in browser_of(sqlite_app).get("/store/login").text
