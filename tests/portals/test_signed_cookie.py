"""What was checked a moment ago is taken without another look, and nothing else is: a cookie, the token of a form."""

from __future__ import annotations

import pytest
from itsdangerous import TimestampSigner

from tests.factories import start
from webapp.doors import signed_cookie

DAY = 24 * 60 * 60


@pytest.fixture
def talk(people):
    return start(people.olga, people.mara_row)


@pytest.fixture
def clock(monkeypatch):
    """Let so many seconds pass, for cookies and for what is remembered of them."""
    present, signing = signed_cookie.monotonic(), TimestampSigner("any").get_timestamp()

    def passes(seconds: int) -> None:
        monkeypatch.setattr(signed_cookie, "monotonic", lambda: present + seconds)
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: signing + seconds)

    return passes


def reply(browser, talk, token, **headers):
    data = {"body": "Typed here", **({"csrf_token": token} if token else {})}
    return browser.post(f"/store/messages/{talk.id}/messages", data=data, headers=headers)


def opened(browser, talk):
    """Open the thread, and return the token of its forms."""
    assert browser.get(f"/store/messages/{talk.id}").status_code == 200
    return browser.csrf_token()


def test_the_token_of_a_session_is_the_same_and_good_again(sign_in, people, talk):
    browser = sign_in(people.olga)
    token = opened(browser, talk)

    assert opened(browser, talk) == token
    assert reply(browser, talk, token).status_code == 303
    assert reply(browser, talk, None, **{"X-CSRF-Token": token}).status_code == 303


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1], lambda token: token + "x", lambda _: "", lambda _: "ä\ud7ff"]
)
def test_any_other_token_is_refused(sign_in, people, talk, change):
    browser = sign_in(people.olga)
    token = opened(browser, talk)

    assert reply(browser, talk, change(token)).status_code == 400
    assert reply(browser, talk, token).status_code == 303


def test_the_token_of_another_session_is_refused(sign_in, people, talk):
    mine, others = sign_in(people.olga), sign_in(people.sam)
    token = opened(others, talk)
    opened(mine, talk)

    assert reply(mine, talk, token).status_code == 400
    assert "Typed here" not in mine.get(f"/store/messages/{talk.id}").text


def test_a_changed_cookie_is_not_the_one_that_was_checked(sign_in, people, talk):
    browser = sign_in(people.olga)
    token = opened(browser, talk)
    cookie = browser.get_cookie("parley")
    at = len(cookie.value) - 10  # the last character holds bits that are no part of the signature
    other = "A" if cookie.value[at] != "A" else "B"
    browser.set_cookie("parley", cookie.value[:at] + other + cookie.value[at + 1 :])

    assert reply(browser, talk, token).status_code == 400


def test_a_cookie_that_is_too_old_is_none(sign_in, people, talk, clock):
    browser = sign_in(people.olga)
    token = opened(browser, talk)
    clock(30 * DAY)
    assert reply(browser, talk, token).status_code == 303
    clock(32 * DAY)

    assert reply(browser, talk, token).status_code == 400


def test_what_a_request_changes_in_its_session_changes_no_other(app):
    interface = signed_cookie.SignedCookie()
    with app.test_request_context():
        signed = interface.get_signing_serializer(app)
        assert signed
        cookie = signed.dumps({"words": ["one"]})
    for _ in range(2):
        with app.test_request_context(headers={"Cookie": f"{interface.get_cookie_name(app)}={cookie}"}) as context:
            found = interface.open_session(app, context.request)
            assert found == {"words": ["one"]}
            found["words"].append("two")


def test_more_than_enough_cookies_and_tokens_are_forgotten(app, sign_in, people, talk, monkeypatch):
    monkeypatch.setattr(signed_cookie, "MOST", 1)
    for viewer in (people.olga, people.sam, people.olga):
        browser = sign_in(viewer)
        assert reply(browser, talk, opened(browser, talk)).status_code == 303
    assert len(app.extensions["parley.csrf_tokens"]) == 1
