"""What an identity provider may say that is not right, and what is made of it."""

from __future__ import annotations

import time

import pytest
from joserfc.jwk import RSAKey

from tests.accounts.identity_provider import CLIENT
from tests.guards.rows import all_rows
from tests.portals.test_provider_sign_in import app, leave, provider, running, shared_app, sign_in_at

__all__ = ["app", "provider", "running", "shared_app"]

LIES = {
    "an e-mail that nobody verified": {"email_verified": False},
    "no word on whether it is verified": {"email_verified": None},
    "a word instead of a yes": {"email_verified": "true"},
    "another nonce": {"nonce": "x" * 43},
    "an empty nonce": {"nonce": ""},
    "for another client": {"aud": "somebody else"},
    "from another provider": {"iss": "https://evil.test"},
    "over since an hour": {"exp": int(time.time()) - 3600},
    "for another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "two audiences, meant for the other": {"aud": [CLIENT, "other"], "azp": "other"},
    "an e-mail that is a list": {"email": ["olga@example.com"]},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_signs_nobody_in(app, provider, people, lie):
    provider.email, provider.claims = people.olga.email, LIES[lie]

    browser, done = sign_in_at(app)

    assert done.location == "/store/login"
    assert browser.get("/store").status_code == 302
    assert all_rows(app)["sessions"] == []


@pytest.mark.parametrize("how", ["none", "HS256", "a key that is not the provider's"])
def test_a_token_that_the_provider_did_not_sign_is_refused(app, provider, people, how):
    provider.email = people.olga.email
    if how in {"none", "HS256"}:
        provider.algorithm = how
    else:
        provider.shown_keys = [RSAKey.generate_key(2048, {"kid": provider.keys[0].kid}, private=True)]

    assert sign_in_at(app)[1].location == "/store/login"


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?code=x", "?state=x", "?code=%00", "?iss=%ff"])
def test_whatever_comes_back_is_refused_in_words(app, provider, people, query):
    browser, _ = leave(app)

    assert browser.get(f"/store/login/provider/back{query}").location == "/store/login"
    assert "did not sign you in" in browser.get("/store/login").text


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://evil.test"},
        {"token_endpoint": "ftp://evil.test"},
        {"jwks_uri": "http://127.0.0.1:9/keys"},
        {"authorization_endpoint": 5},
    ],
)
def test_a_provider_that_is_away_or_not_itself_is_said_in_words(app, provider, people, about):
    provider.about = about
    browser, address = leave(app)

    assert address == "/store/login"
    assert "Acme ID does not answer" in browser.get("/store/login").text
    assert browser.get("/store/login").status_code == 200
