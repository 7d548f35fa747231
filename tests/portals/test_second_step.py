"""A second step: set up with an app, asked for at the sign-in, guessed under limits, demanded by settings."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine

from tests.factories import PASSWORD
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of
from webapp.accounts.attempts import PER_ACCOUNT_AND_ADDRESS
from webapp.database import now

ACCESS = {"ada": "/admin/access", "olga": "/store/access", "mara": "/storefront/account/access"}
ALL = [pytest.param(who, path, id=who) for who, path in ACCESS.items()]


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


@pytest.fixture
def clock():
    """A clock that stands still until it is moved, so that a code is that of its half minute."""
    with time_machine.travel(now().replace(second=1, microsecond=0), tick=False) as moved:
        yield moved


def set_up(browser, path):
    """Switch the second step on; return the app's codes and the recovery codes."""
    browser.get(f"{path}/second-step")
    assert browser.submit("/begin").status_code == 303
    page = browser.get(f"{path}/second-step").text
    assert "<svg" in page
    secret = re.sub(r"\s", "", re.search(r"key into the app: <code>([^<]+)</code>", page)[1])
    totp = pyotp.TOTP(secret)
    done = browser.submit("/second-step/confirm", code=totp.at(now()))
    assert done.status_code == 201, done.text
    return totp, re.findall(r"<code>((?:[a-z2-7]{4}-){5}[a-z2-7]{4})</code>", done.text)


def password(app, viewer, portal, browser=None):
    browser = browser or browser_of(app)
    browser.get(f"/{portal}/login" + (f"?store={viewer.store.code}" if viewer.is_customer else ""))
    return browser, browser.submit("/login", email=viewer.email, password=PASSWORD)


def portal_of(path):
    return path.split("/")[1]


@pytest.mark.parametrize(("who", "path"), ALL)
def test_signing_in_takes_the_password_and_a_code(app, sign_in, people, clock, who, path):
    viewer = getattr(people, who)
    totp, _ = set_up(sign_in(viewer), path)
    clock.shift(timedelta(seconds=30))
    browser, first = password(app, viewer, portal_of(path))

    assert first.status_code == 303
    assert "/login/step" in first.location
    assert browser.get(path).status_code == 302
    assert "Enter your code" in browser.get(first.location).text
    assert browser.submit("/login/step", code=totp.at(now())).status_code == 303
    assert browser.get(path).status_code == 200
    assert browser.get(f"/{portal_of(path)}/login/step").status_code == 303


@pytest.mark.parametrize(("who", "path"), ALL)
def test_a_sign_in_that_waits_ends_with_its_password(app, sign_in, people, clock, who, path):
    viewer = getattr(people, who)
    here = sign_in(viewer)
    totp, _ = set_up(here, path)
    clock.shift(timedelta(seconds=30))
    waits, first = password(app, viewer, portal_of(path))
    waits.get(first.location)
    here.get(f"{path}/password")
    new = "a long new password"
    assert here.submit("/password", current=PASSWORD, password=new, again=new).status_code == 303

    assert "/login" in waits.submit("/login/step", code=totp.at(now())).location
    assert waits.get(path).status_code == 302


def test_it_leads_to_the_page_that_was_asked_for(app, sign_in, people, clock):
    totp, _ = set_up(sign_in(people.olga), "/store/access")
    clock.shift(timedelta(seconds=30))
    browser = browser_of(app)
    browser.get("/store/login?next=/store/messages?status=all")
    browser.get(browser.submit("/login", email=people.olga.email, password=PASSWORD).location)

    assert browser.submit("/login/step", code=totp.at(now())).location == "/store/messages?status=all"


def test_a_code_signs_in_once(app, sign_in, people, clock):
    totp, recovery = set_up(sign_in(people.olga), "/store/access")
    for recovery_code in ("", recovery[0], recovery[1].upper().replace("-", " ")):
        clock.shift(timedelta(minutes=16))
        code = recovery_code or totp.at(now())
        browser, first = password(app, people.olga, "store")
        browser.get(first.location)
        assert browser.submit("/login/step", code=code).status_code == 303
        again, first = password(app, people.olga, "store")
        again.get(first.location)
        assert again.submit("/login/step", code=code).status_code == 401
    assert "6 recovery codes left" in browser.get("/store/access/second-step").text


def test_the_code_that_switched_it_on_signs_nobody_in(app, sign_in, people, clock):
    totp, _ = set_up(sign_in(people.olga), "/store/access")
    browser, first = password(app, people.olga, "store")
    browser.get(first.location)

    assert browser.submit("/login/step", code=totp.at(now())).status_code == 401


@pytest.mark.parametrize("minutes_off", [-2, 2])
def test_a_code_of_another_time_is_refused(app, sign_in, people, clock, minutes_off):
    totp, _ = set_up(sign_in(people.olga), "/store/access")
    clock.shift(timedelta(minutes=5))
    browser, first = password(app, people.olga, "store")
    browser.get(first.location)

    assert browser.submit("/login/step", code=totp.at(now() + timedelta(minutes=minutes_off))).status_code == 401


def test_guessing_codes_has_the_limits_of_guessing_passwords(app, sign_in, people, clock):
    totp, _ = set_up(sign_in(people.olga), "/store/access")
    clock.shift(timedelta(seconds=30))
    browser, first = password(app, people.olga, "store")  # counts as a failure until the code is right
    browser.get(first.location)
    for _ in range(PER_ACCOUNT_AND_ADDRESS - 1):
        assert browser.submit("/login/step", code="000000").status_code == 401

    refused = browser.submit("/login/step", code=totp.at(now()))

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert password(app, people.olga, "store")[1].status_code == 429


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "x" * 64, "\x00", "１２３４５６", "a" * 24])
def test_what_is_no_code_is_refused(app, sign_in, people, clock, code):
    set_up(sign_in(people.olga), "/store/access")
    browser, first = password(app, people.olga, "store")
    browser.get(first.location)

    assert browser.submit("/login/step", code=code).status_code in {401, 422}
    assert browser.get("/store").status_code == 302


def test_a_sign_in_that_waits_ends_after_ten_minutes_and_at_another_portal(app, sign_in, people, clock):
    totp, _ = set_up(sign_in(people.olga), "/store/access")
    browser, first = password(app, people.olga, "store")
    browser.get(first.location)
    secret = browser.get_cookie("parley_store_step").value
    browser.set_cookie("parley_admin_step", secret)
    browser.get("/admin/login/step")
    assert browser.submit("/admin/login/step", code=totp.at(now())).location == "/admin/login"

    browser.get(first.location)
    clock.shift(timedelta(minutes=11))
    assert browser.submit("/login/step", code=totp.at(now())).location == "/store/login"
    assert secret not in str(all_rows(app))


def test_secrets_are_not_in_the_database(app, sign_in, people, clock):
    totp, recovery = set_up(sign_in(people.olga), "/store/access")
    kept = str(all_rows(app))

    assert totp.secret not in kept
    assert not [code for code in recovery if code in kept or code.replace("-", "") in kept]


def test_a_program_cannot_go_around_it(app, sign_in, people, clock):
    set_up(sign_in(people.ada), "/admin/access")
    answer = app.test_client().post("/api/v1/admin/auth/token", json={"email": people.ada.email, "password": PASSWORD})

    assert answer.status_code == 403
    assert "access_token" not in answer.text


def test_switching_off_and_new_codes(app, sign_in, people, clock):
    browser = sign_in(people.olga)
    _, old = set_up(browser, "/store/access")
    browser.get("/store/access/second-step")
    renewed = browser.submit("/codes")
    assert renewed.status_code == 201
    assert not [code for code in old if code in renewed.text]
    browser.get("/store/access/second-step")
    browser.submit("/off")

    assert password(app, people.olga, "store")[1].location == "/store/messages"
    assert all_rows(app)["recovery_codes"] == []
    noted = [row["action"] for row in all_rows(app)["audit_log"] if row["action"].startswith(("second", "recovery"))]
    assert noted == ["second_step_on", "recovery_codes_made", "second_step_off"]
