"""A second step that the settings demand, and dangerous acts that ask for the password again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factories
from tests.factories import OWNER, PASSWORD, change_settings, saving
from tests.guards.rows import all_rows
from tests.portals.test_second_step import ALL, app, clock, set_up
from webapp.accounts import links
from webapp.accounts.models import Side, StoreMember
from webapp.database import session
from webapp.messaging import team

__all__ = ["app", "clock"]


@pytest.mark.parametrize(
    ("who", "path", "setting"),
    [
        ("ada", "/admin", "second_factor_admins"),
        ("olga", "/store", "second_factor_owners"),
        ("sam", "/store", "second_factor_agents"),
    ],
)
def test_where_it_is_demanded_nothing_else_can_be_done_before(app, sign_in, people, clock, who, path, setting):
    change_settings(**{setting: True})
    viewer = getattr(people, who)
    browser = sign_in(viewer)

    for page in (path, f"{path}/messages", f"{path}/access"):
        assert browser.get(page).location == f"{path}/access/second-step"
    assert browser.get(f"/api/v1{path}/messages").status_code == 403
    assert (
        app.test_client()
        .post(f"/api/v1{path}/auth/token", json={"email": viewer.email, "password": PASSWORD})
        .status_code
        == 403
    )
    set_up(browser, f"{path}/access")
    assert browser.get(path).status_code == 200
    browser.get(f"{path}/access/second-step")
    assert browser.post(f"{path}/access/second-step/off", data=carried(browser)).status_code == 303
    assert "The app is on" in browser.get(f"{path}/access/second-step").text


def carried(browser):
    return {"csrf_token": browser.csrf_token()}


def test_demanding_it_holds_for_those_who_are_signed_in_already(app, sign_in, people, clock):
    ada, olga, sam, mara = (sign_in(getattr(people, who)) for who in ("ada", "olga", "sam", "mara"))
    ada.get("/admin/settings")
    ada.submit("/settings", second_factor_owners="true")

    assert olga.get("/store").location == "/store/access/second-step"
    assert sam.get("/store").status_code == 200
    assert mara.get("/storefront/account").status_code == 200
    assert ada.get("/admin").status_code == 200


def promoted(people):
    team.change_role(replace(people.olga, role=OWNER), people.sam.id, OWNER)


def invited_and_accepted(people):
    _, token = links.invite(replace(people.tom, role=OWNER), people.sam.email, OWNER)
    links.accept(Side.STORE, token, "", "")


def active_again(people):
    member = session.get_one(StoreMember, (people.tea.id, people.sam.id))
    team.activate(replace(people.tom, role=OWNER), member.user_id)


@pytest.mark.parametrize("becomes_owner", [promoted, invited_and_accepted, active_again])
def test_it_is_demanded_of_whoever_becomes_an_owner_while_signed_in(sign_in, people, becomes_owner):
    factories.deactivate(factories.make_member(people.tea, people.sam_row, OWNER))
    change_settings(second_factor_owners=True)
    sam = sign_in(people.sam)
    assert sam.get("/store").status_code == 200

    with saving():
        becomes_owner(people)

    assert sam.get("/store").location == "/store/access/second-step"


def test_it_is_not_demanded_of_a_new_owner_who_has_one(sign_in, people, clock):
    change_settings(second_factor_owners=True)
    sam = sign_in(people.sam)
    set_up(sam, "/store/access")

    with saving():
        promoted(people)

    assert sam.get("/store").status_code == 200


def test_the_settings_are_dangerous(app, sign_in, people, clock):
    browser = sign_in(people.ada)
    browser.get("/admin/settings")
    clock.shift(timedelta(minutes=16))

    asked = browser.submit("/settings", retention_days_store_customer="1")

    assert asked.location.startswith("/admin/access/confirm")
    assert all_rows(app)["platform_settings"] == []
    browser.get(asked.location)
    assert browser.submit("/confirm", password=PASSWORD).status_code == 303
    browser.get("/admin/settings")
    assert browser.submit("/settings", retention_days_store_customer="1").location == "/admin/settings"
    assert all_rows(app)["platform_settings"] != []


@pytest.mark.parametrize(("who", "path"), ALL)
def test_dangerous_acts_ask_for_the_password_again_after_a_while(app, sign_in, people, clock, who, path):
    browser = sign_in(getattr(people, who))
    browser.get(f"{path}/second-step")
    clock.shift(timedelta(minutes=16))

    asked = browser.submit("/begin")
    assert asked.status_code == 303
    assert asked.location.startswith(f"{path}/confirm")
    assert all_rows(app)["authenticators"] == []
    browser.get(asked.location)
    assert browser.submit("/confirm", password="wrong").status_code == 422
    assert browser.submit("/confirm", password="").status_code == 422
    assert browser.submit("/confirm", password=PASSWORD).location == path
    browser.get(f"{path}/second-step")
    assert browser.submit("/begin").location == f"{path}/second-step"
    assert len(all_rows(app)["authenticators"]) == 1


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://localhost/store/access/second-step?x=1", "/store/access/second-step?x=1"),
        ("https://evil.test/admin", "/store/access"),
        ("http://[", "/store/access"),
        ("", "/store/access"),
    ],
)
def test_it_leads_back_to_the_page_of_the_form(sign_in, people, clock, page, back):
    browser = sign_in(people.olga)
    browser.get("/store/access/second-step")
    clock.shift(timedelta(minutes=16))
    form = {"csrf_token": browser.csrf_token(), "acting_store": people.harbor.code}
    asked = browser.post("/store/access/second-step/begin", data=form, headers={"Referer": page})
    browser.get(asked.location)

    assert browser.submit("/confirm", password=PASSWORD).location == back


def test_a_token_is_dangerous(sign_in, people, clock):
    browser = sign_in(people.olga)
    browser.get("/store/access")
    clock.shift(timedelta(minutes=16))

    assert "/access/confirm" in browser.submit("/access/tokens", name="x", scopes="messages:read", days="30").location
