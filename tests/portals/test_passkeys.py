"""Passkeys: made, named and removed beside the app, a second step or both steps at once."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from tests.accounts.device import Device
from tests.factories import change_settings, deactivate
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of
from tests.portals.test_second_step import ALL, app, clock, password, portal_of, set_up
from webapp.database import now

__all__ = ["app", "clock"]

RECOVERY = re.compile(r"<code>((?:[a-z2-7]{4}-){5}[a-z2-7]{4})</code>")


def options_on(browser):
    """What the page on screen would ask the device."""
    return html.unescape(re.search(r'data-options="([^"]*)"', browser.shown[1])[1])


def add(browser, path, device=None, name="My phone"):
    """Add a passkey; return the device and the answer."""
    device = device or Device()
    browser.get(f"{path}/second-step")
    begun = browser.submit("/passkeys/begin")
    assert begun.status_code == 303, begun.text
    browser.get(begun.location)
    return device, browser.submit("/passkeys", name=name, answer=device.create(options_on(browser)))


def with_passkey(app, viewer, device, browser=None, **lies):
    """Sign in with a passkey and nothing else."""
    browser = browser or browser_of(app)
    portal = {"admin": "admin", "store": "store", "customer": "storefront"}[viewer.side.value]
    browser.get(f"/{portal}/login" + (f"?store={viewer.store.code}" if viewer.is_customer else ""))
    browser.get(browser.submit("/login/passkey/begin").location)
    return browser, browser.submit("/login/passkey", answer=device.get(options_on(browser), **lies))


@pytest.mark.parametrize(("who", "path"), ALL)
def test_it_is_made_and_is_the_second_step(app, sign_in, people, who, path):
    viewer = getattr(people, who)
    device, made = add(sign_in(viewer), path)
    assert made.status_code == 201
    assert len(RECOVERY.findall(made.text)) == 8
    assert 'value="My phone"' in made.text

    browser, first = password(app, viewer, portal_of(path))
    assert "/login/step" in first.location
    assert browser.get(path).status_code == 302
    assert "Use your passkey" in browser.get(first.location).text
    assert browser.submit("/login/step", answer=device.get(options_on(browser))).status_code == 303
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(("who", "path"), ALL)
def test_it_is_both_steps_at_once(app, sign_in, people, who, path):
    viewer = getattr(people, who)
    device, _ = add(sign_in(viewer), path)

    browser, done = with_passkey(app, viewer, device)

    assert done.status_code == 303
    assert "/login" not in done.location
    assert viewer.name in browser.get(path).text
    assert all_rows(app)["audit_log"][-1]["action"] == "signed_in"


def test_it_leads_to_the_page_that_was_asked_for(app, sign_in, people):
    device, _ = add(sign_in(people.olga), "/store/access")
    browser = browser_of(app)
    browser.get("/store/login?next=/store/messages?status=all")
    browser.get(browser.submit("/login/passkey/begin").location)

    assert browser.submit("/login/passkey", answer=device.get(options_on(browser))).location == (
        "/store/messages?status=all"
    )


def test_both_kinds_stand_beside_each_other(app, sign_in, people, clock):
    browser = sign_in(people.olga)
    totp, codes = set_up(browser, "/store/access")
    device, made = add(browser, "/store/access")
    assert made.status_code == 303, "the codes that are there stay"
    page = browser.get("/store/access/second-step").text
    assert "The app is on" in page
    assert "8 recovery codes left" in page

    clock.shift(timedelta(seconds=30))
    for proof in ("app", "passkey", "recovery"):
        again, first = password(app, people.olga, "store")
        again.get(first.location)
        typed = {
            "app": {"code": totp.at(now())},
            "passkey": {"answer": device.get(options_on(again))},
            "recovery": {"code": codes[0]},
        }[proof]
        assert again.submit("/login/step", **typed).status_code == 303, proof

    browser.get("/store/access/second-step")
    assert browser.submit("/off").status_code == 303
    assert password(app, people.olga, "store")[1].location.startswith("/store/login/step"), "the passkey is left"


def test_names_and_removal(app, sign_in, people):
    browser = sign_in(people.olga)
    add(browser, "/store/access")
    browser.get("/store/access/second-step")
    assert browser.submit("/rename", name="  The  key ").status_code == 303
    assert 'value="The key"' in browser.get("/store/access/second-step").text
    for bad in ("", " ", "x" * 61, "a\u202eb"):
        refused = browser.submit("/rename", name=bad)
        assert (refused.status_code, "Give it a name" in refused.text) == (422, True)
        browser.get("/store/access/second-step")
    assert browser.submit("/remove").status_code == 303

    assert password(app, people.olga, "store")[1].location == "/store/messages"
    rows = all_rows(app)
    assert rows["passkeys"] == rows["recovery_codes"] == []
    noted = [row["action"] for row in rows["audit_log"] if row["action"].startswith("passkey")]
    assert noted == ["passkey_added", "passkey_removed"]


def test_those_of_others_are_not_there(app, sign_in, people):
    add(sign_in(people.olga), "/store/access")
    sam = sign_in(people.sam)
    sam.get("/store/access/second-step")
    before = all_rows(app)["passkeys"]

    for verb in ("rename", "remove"):
        form = {"csrf_token": sam.csrf_token(), "name": "Mine"}
        assert sam.post(f"/store/access/second-step/passkeys/1/{verb}", data=form).status_code == 404
    assert all_rows(app)["passkeys"] == before


@pytest.mark.parametrize(
    ("who", "path", "setting"),
    [
        ("ada", "/admin", "second_factor_admins"),
        ("olga", "/store", "second_factor_owners"),
        ("sam", "/store", "second_factor_agents"),
    ],
)
def test_where_a_second_step_is_demanded_it_is_one_and_the_last_stays(app, sign_in, people, who, path, setting):
    change_settings(**{setting: True})
    browser = sign_in(getattr(people, who))
    assert browser.get(path).location == f"{path}/access/second-step"

    device, made = add(browser, f"{path}/access")
    assert made.status_code == 201
    assert browser.get(path).status_code == 200
    browser.get(f"{path}/access/second-step")
    form = {"csrf_token": browser.csrf_token()}
    assert browser.post(f"{path}/access/second-step/passkeys/1/remove", data=form).status_code == 422
    assert with_passkey(app, getattr(people, who), device)[0].get(path).status_code == 200

    add(browser, f"{path}/access", name="Another")
    browser.get(f"{path}/access/second-step")
    assert browser.post(f"{path}/access/second-step/passkeys/1/remove", data=form).status_code == 303
    assert [row["name"] for row in all_rows(app)["passkeys"]] == ["Another"]


def test_making_one_asks_for_the_password_again_after_a_while(sign_in, people, clock):
    browser = sign_in(people.olga)
    browser.get("/store/access/second-step")
    clock.shift(timedelta(minutes=16))

    assert browser.submit("/passkeys/begin").location.startswith("/store/access/confirm")


@pytest.mark.parametrize("what", ["erased", "deactivated"])
def test_it_ends_with_the_account(app, sign_in, people, what):
    device, _ = add(sign_in(people.olga), "/store/access")
    ada = sign_in(people.ada)
    if what == "erased":
        ada.get("/admin/people", query_string={"email": people.olga.email})
        ada.submit("/erase", typed=people.olga.email)
        assert all_rows(app)["passkeys"] == []
    else:
        deactivate(people.olga_row)

    assert with_passkey(app, people.olga, device)[1].location == "/store/login"


def test_a_passkey_is_known_once_and_a_person_has_twenty(app, sign_in, people):
    olga, sam = sign_in(people.olga), sign_in(people.sam)
    device, _ = add(olga, "/store/access")
    assert "known already" in add(sam, "/store/access", device)[1].text
    most = 19
    for number in range(most):
        assert add(olga, "/store/access", name=f"Key {number}")[1].status_code == 303
    assert "You have 20 passkeys" in add(olga, "/store/access")[1].text


def test_a_bare_network_address_has_none(app, people, sign_in):
    browser = sign_in(people.olga)
    assert "Add a passkey" in browser.get("/store/access/second-step").text
    browser = browser_of(app)
    page = browser.get("/store/login", base_url="http://127.0.0.1")

    assert page.status_code == 200
    assert "with a passkey" not in page.text
