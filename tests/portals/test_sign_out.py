"""Signing out ends one portal's session, its row and its cookie; the other portals stay."""

from __future__ import annotations

import pytest

from tests.guards.rows import all_rows
from tests.portals.fixtures import inbox_of

LOGINS = {"ada": "/admin/login", "olga": "/store/login", "mara": "/storefront/login?store=harbor-goods"}


@pytest.mark.parametrize("who", LOGINS)
def test_the_cookie_and_the_row_are_gone(app, sign_in, people, who):
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    browser.get(inbox_of(viewer))
    (cookie,) = [c for c in ("parley_admin", "parley_store", "parley_storefront") if browser.get_cookie(c)]
    secret = browser.get_cookie(cookie).value

    response = browser.submit("/logout")

    assert (response.status_code, response.location) == (303, LOGINS[who])
    assert browser.get_cookie(cookie) is None
    assert all_rows(app)["sessions"] == []
    browser.set_cookie(cookie, secret)
    assert browser.get(inbox_of(viewer)).status_code == 302, "the secret opens nothing any more"


def test_the_other_portals_stay_signed_in(sign_in, people):
    browser = sign_in(people.mara, sign_in(people.olga, sign_in(people.ada)))
    browser.get("/store")

    response = browser.submit("/store/logout")

    assert "Clear-Site-Data" not in response.headers
    assert browser.get("/store").status_code == 302
    assert browser.get("/admin").status_code == 200
    assert browser.get("/storefront/account").status_code == 200


def test_the_last_one_out_clears_what_the_browser_stored(sign_in, people):
    browser = sign_in(people.olga)
    browser.get("/store")

    assert browser.submit("/store/logout").headers["Clear-Site-Data"] == '"storage"'


def test_other_browsers_of_the_same_person_stay(sign_in, people):
    here, there = sign_in(people.olga), sign_in(people.olga)
    here.get("/store")
    here.submit("/store/logout")

    assert here.get("/store").status_code == 302
    assert there.get("/store").status_code == 200


def test_a_get_does_not_sign_out(sign_in, people):
    browser = sign_in(people.olga)

    assert browser.get("/store/logout").status_code == 405
    assert browser.get("/store").status_code == 200


@pytest.mark.parametrize("secret", ["", "x", "null", "0", "\x7f", "a" * 4000])
def test_no_other_secret_opens_a_door(stranger, people, secret):
    stranger.set_cookie("parley_store", secret)

    assert stranger.get("/store").status_code == 302


def test_a_secret_of_one_portal_is_nothing_at_another(sign_in, people):
    browser = sign_in(people.olga)
    secret = browser.get_cookie("parley_store").value
    browser.set_cookie("parley_admin", secret)
    browser.set_cookie("parley_storefront", secret)

    assert browser.get("/admin").status_code == 302
    assert browser.get("/storefront/account").status_code == 302
    assert browser.get("/store").status_code == 200
