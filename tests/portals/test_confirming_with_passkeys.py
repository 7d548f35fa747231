"""Showing again who one is with a passkey: one's own, verified, once; whatever lies confirms nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.accounts.device import Device
from tests.factories import change_settings, saving
from tests.guards.rows import all_rows
from tests.portals.test_passkeys import add, options_on
from tests.portals.test_passkeys_that_lie import LIES, lie
from tests.portals.test_second_step import ALL, app, clock
from webapp.accounts.models import SignInSession
from webapp.database import now, session

__all__ = ["app", "clock"]


def asked_again(browser, path, clock):
    """Wait until a dangerous act asks again, and open the page that does."""
    clock.shift(timedelta(minutes=16))
    browser.get(f"{path}/second-step")
    asked = browser.submit("/passkeys/begin").location
    assert asked.startswith(f"{path}/confirm")
    browser.get(asked)


def begin(browser):
    """Ask for the page that asks the device; return what it asks."""
    browser.get(browser.submit("/confirm/passkey/begin").location)
    return options_on(browser)


def is_confirmed(browser, path):
    browser.get(f"{path}/second-step")
    return not browser.submit("/passkeys/begin").location.startswith(f"{path}/confirm")


@pytest.mark.parametrize(("who", "path"), ALL)
def test_it_confirms_for_fifteen_minutes_and_leads_back(app, sign_in, people, clock, who, path):
    browser = sign_in(getattr(people, who))
    device, _ = add(browser, path)
    asked_again(browser, path, clock)
    browser.get(f"{path}/confirm?next={path}/second-step")
    options = begin(browser)
    assert '"userVerification": "required"' in options
    session_before = browser.get_cookie(f"parley_{path.split('/')[1]}").value

    done = browser.submit("/confirm/passkey", answer=device.get(options))

    assert (done.status_code, done.location) == (303, f"{path}/second-step")
    assert browser.get_cookie(f"parley_{path.split('/')[1]}").value == session_before
    assert is_confirmed(browser, path)
    clock.shift(timedelta(minutes=16))
    assert not is_confirmed(browser, path)


def test_only_who_has_one_is_offered_it_and_the_password_is_there_too(sign_in, people, clock):
    olga, sam = sign_in(people.olga), sign_in(people.sam)
    add(olga, "/store/access")
    clock.shift(timedelta(minutes=16))

    for browser, offered in ((olga, True), (sam, False)):
        page = browser.get("/store/access/confirm").text
        assert ("with a passkey" in page) is offered
        assert 'autocomplete="current-password"' in page
    assert olga.get("/store/access/confirm/passkey").location == "/store/access/confirm", "nothing was begun"


@pytest.mark.parametrize("how", LIES)
def test_what_is_not_right_confirms_nothing_and_is_noted(app, sign_in, people, clock, how):
    browser = sign_in(people.olga)
    device, _ = add(browser, "/store/access")
    device.count = 5
    asked_again(browser, "/store/access", clock)
    browser.submit("/confirm/passkey", answer=device.get(begin(browser)))
    asked_again(browser, "/store/access", clock)

    refused = browser.submit("/confirm/passkey", answer=lie(device, begin(browser), how))

    assert refused.location.startswith("/store/access/confirm")
    assert "does not show that it is you" in browser.get(refused.location).text
    assert not is_confirmed(browser, "/store/access")
    assert all_rows(app)["audit_log"][-1]["action"] == "sign_in_failed"


@pytest.mark.parametrize("whose", ["a colleague's", "one that cannot verify"])
def test_it_takes_the_own_passkey_and_the_person(app, sign_in, people, clock, whose):
    olga, sam = sign_in(people.olga), sign_in(people.sam)
    own, _ = add(olga, "/store/access")
    other, _ = add(sam, "/store/access")
    if whose == "one that cannot verify":
        own.verifies = False
    asked_again(olga, "/store/access", clock)
    device = other if whose == "a colleague's" else own

    assert olga.submit("/confirm/passkey", answer=device.get(begin(olga))).location.startswith("/store/access/confirm")
    assert not is_confirmed(olga, "/store/access")


def test_a_challenge_is_the_sessions_own_and_answered_once(app, sign_in, people, clock):
    here, there = sign_in(people.olga), sign_in(people.olga)
    device, _ = add(here, "/store/access")
    for browser in (here, there):
        asked_again(browser, "/store/access", clock)
    of_here, _ = begin(here), begin(there)
    answer = device.get(of_here)
    there.submit("/confirm/passkey", answer=answer)
    assert not is_confirmed(there, "/store/access"), "the challenge of another session of the same person"

    form = {"csrf_token": here.csrf_token(), "answer": answer}
    assert here.post("/store/access/confirm/passkey", data=form).location == "/store/access"
    assert is_confirmed(here, "/store/access")
    clock.shift(timedelta(minutes=16))
    assert here.post("/store/access/confirm/passkey", data=form).location == "/store/access/confirm", "once more"
    assert not is_confirmed(here, "/store/access")


def test_a_wrong_answer_uses_the_challenge_up_and_time_does(app, sign_in, people, clock):
    browser = sign_in(people.olga)
    device, _ = add(browser, "/store/access")
    asked_again(browser, "/store/access", clock)
    options = begin(browser)
    form = {"csrf_token": browser.csrf_token()}
    page = "/store/access/confirm/passkey"
    assert browser.post(page, data={**form, "answer": "{}"}).location == "/store/access/confirm"
    assert browser.post(page, data={**form, "answer": device.get(options)}).location == "/store/access/confirm"

    browser.get("/store/access/confirm")
    options = begin(browser)
    clock.shift(timedelta(minutes=11))
    assert browser.post(page, data={**form, "answer": device.get(options)}).location == "/store/access/confirm"


def test_what_a_passkey_signed_to_sign_in_or_was_made_with_does_not_confirm(app, sign_in, people, clock, stranger):
    browser = sign_in(people.olga)
    device, _ = add(browser, "/store/access")
    stranger.get("/store/login")
    stranger.get(stranger.submit("/login/passkey/begin").location)
    to_sign_in = device.get(options_on(stranger))
    browser.get("/store/access/second-step")
    browser.get(browser.submit("/passkeys/begin").location)
    made = Device().create(options_on(browser))
    asked_again(browser, "/store/access", clock)
    for answer in (to_sign_in, made):
        begin(browser)
        browser.submit("/confirm/passkey", answer=answer)
        assert not is_confirmed(browser, "/store/access")
        browser.get("/store/access/confirm")


def test_somebody_who_is_held_until_a_second_step_is_set_up_can_confirm(sign_in, people, clock):
    change_settings(second_factor_owners=True)
    browser = sign_in(people.olga)
    device, _ = add(sign_in(people.olga), "/store/access")
    with saving():
        session.execute(update(SignInSession).values(restricted_at=now()))
    asked_again(browser, "/store/access", clock)

    assert browser.submit("/confirm/passkey", answer=device.get(begin(browser))).location == "/store/access"
    assert is_confirmed(browser, "/store/access")


def test_strangers_are_led_to_the_sign_in(stranger):
    assert stranger.get("/store/access/confirm/passkey").location.startswith("/store/login")
