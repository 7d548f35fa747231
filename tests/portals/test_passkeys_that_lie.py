"""What lies about a passkey, comes late or twice, or is nothing at all signs nobody in."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.device import Device, to_text
from tests.portals.fixtures import browser_of
from tests.portals.test_passkeys import add, options_on, with_passkey
from tests.portals.test_second_step import app, clock, password
from webapp.accounts.errors import Invalid
from webapp.accounts.factors import passkeys
from webapp.accounts.factors.passkeys import Place
from webapp.accounts.models import User
from webapp.database import session, writing

__all__ = ["app", "clock"]


def lie(device, options, how):
    match how:
        case "another challenge":
            return device.get(options, challenge=to_text(b"x" * 32))
        case "another type":
            return device.get(options, type="webauthn.create")
        case "another origin":
            device.origin = "https://evil.test"
        case "another key":
            device.key = Device().key
        case "an unknown passkey":
            device.credential_id = b"unknown"
        case "another host":
            return device.get(json.dumps({**json.loads(options), "rpId": "evil.test"}))
        case "a count that goes back":
            device.count = -1
        case "nothing":
            return ""
    return device.get(options)


LIES = [
    "another challenge",
    "another type",
    "another origin",
    "another key",
    "an unknown passkey",
    "another host",
    "a count that goes back",
    "nothing",
]


@pytest.mark.parametrize("how", LIES)
def test_what_is_not_right_signs_nobody_in(app, sign_in, people, how):
    device, _ = add(sign_in(people.olga), "/store/access")
    for _ in range(2):
        assert with_passkey(app, people.olga, device)[1].location == "/store/messages"
    step, first = password(app, people.olga, "store")
    step.get(first.location)
    alone = browser_of(app)
    alone.get("/store/login")
    alone.get(alone.submit("/login/passkey/begin").location)

    assert step.submit("/login/step", answer=lie(device, options_on(step), how)).status_code in {401, 422}
    assert alone.submit("/login/passkey", answer=lie(device, options_on(alone), how)).location == "/store/login"
    assert step.get("/store").status_code == alone.get("/store").status_code == 302


def test_an_answer_is_good_once(app, sign_in, people):
    device, _ = add(sign_in(people.olga), "/store/access")
    browser = browser_of(app)
    browser.get("/store/login")
    page = browser.submit("/login/passkey/begin").location
    browser.get(page)
    form = {"csrf_token": browser.csrf_token(), "answer": device.get(options_on(browser))}
    assert browser.post("/store/login/passkey", data=form).location == "/store/messages"

    other = browser_of(app)
    other.get("/store/login")
    other.set_cookie("parley_store_passkey", "stolen")
    form["csrf_token"] = other.csrf_token()
    assert other.post("/store/login/passkey", data=form).location == "/store/login"


def test_a_passkey_alone_needs_the_person_and_its_own_portal_and_store(app, sign_in, people):
    device, _ = add(sign_in(people.mara), "/storefront/account/access")
    unverified, _ = add(sign_in(people.luis), "/storefront/account/access")
    unverified.verifies = False

    assert "/login" in with_passkey(app, people.luis, unverified)[1].location
    assert "/login" in with_passkey(app, people.nina, device)[1].location, "another store"
    assert "/login" in with_passkey(app, people.olga, device)[1].location, "another portal"
    assert "/login" not in with_passkey(app, people.mara, device)[1].location


def test_a_challenge_ends_after_ten_minutes(app, sign_in, people, clock):
    device, _ = add(sign_in(people.olga), "/store/access")
    browser = browser_of(app)
    browser.get("/store/login")
    page = browser.submit("/login/passkey/begin").location
    browser.get(page)
    answer = device.get(options_on(browser))
    clock.shift(timedelta(minutes=11))

    assert browser.submit("/login/passkey", answer=answer).location == "/store/login"
    assert browser.get(page).location == "/store/login"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(["", "AAAA", "public-key"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(
    where=st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "whole"]),
    odd=ODD | st.binary(max_size=80).map(to_text),
)
def test_whatever_a_browser_answers_is_refused_in_words(app, people, where, odd):
    place, device, challenge = Place("localhost", "http://localhost"), Device(), bytes(32)
    with app.app_context():
        account = session.get_one(User, people.olga.id)
        made = json.loads(device.create(passkeys.to_make(account, place, challenge)))
        signed = json.loads(device.get(passkeys.to_sign(account, place, challenge)))
        for answer in (made, signed):
            target = answer["response"] if where in answer["response"] else answer
            target[where] = odd
        with pytest.raises(Invalid), writing():
            passkeys.make(account, place, challenge, json.dumps(odd if where == "whole" else made), " ")
        with suppress(Invalid), writing():
            passkeys.make(account, place, challenge, json.dumps(odd if where == "whole" else made), "x")
            session.rollback()
        with writing():
            assert not passkeys.accepts(account, place, challenge, json.dumps(odd if where == "whole" else signed))
