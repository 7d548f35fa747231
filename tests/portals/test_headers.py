"""Headers, hosts and cookies: the same on every answer, and stricter when we are reached by https."""

from __future__ import annotations

import pytest

from tests.backends import migrate, running_app
from tests.factories import PASSWORD, make_store, make_store_user, save_in
from tests.portals.fixtures import browser_of
from webapp.config import Config

KEY = "another-key-of-more-than-32-characters"


@pytest.fixture
def app_with(tmp_path):
    """Make an app of its own with other settings, and a store user Olga in it."""
    opened = []

    def make(**settings):
        running = running_app(f"sqlite:///{tmp_path}/own.db", **settings)
        app = running.__enter__()
        opened.append(running)
        migrate(app)
        save_in(app)
        make_store_user(make_store(), "Olga Owner")
        return app

    yield make
    save_in(None)
    for running in opened:
        running.__exit__(None, None, None)


def sign_in_by_form(browser, **kwargs):
    browser.get("/store/login", **kwargs)
    if "base_url" in kwargs:
        kwargs["headers"] = {"Referer": f"{kwargs['base_url']}/store/login"}
    return browser.post(
        "/store/login",
        data={"csrf_token": browser.csrf_token(), "email": "olga.owner@example.com", "password": PASSWORD},
        **kwargs,
    )


@pytest.mark.parametrize("path", ["/", "/store", "/store/login", "/health", "/static/css/app.css", "/nothing"])
def test_every_answer_has_the_headers(stranger, path):
    headers = stranger.get(path).headers  # the browser of the tests checks the CSP, nosniff and no-store

    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:9999", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8000", "LOCALHOST"]
)
def test_the_local_hosts_are_answered_with_any_port(stranger, host):
    assert stranger.get("/store/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "127.0.0.2", "[::2]", "", "a b", "evil.test:80"]
)
def test_another_host_is_400(stranger, host):
    response = stranger.get("/store/login", headers={"Host": host})

    assert response.status_code == 400
    assert "evil" not in response.text


def test_cookies_are_closed_to_scripts_and_other_sites(stranger, people):
    answer = sign_in_by_form(stranger)
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("parley_store=")]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Domain" not in cookie


def test_by_https_they_are_secure_and_of_this_host_only(app_with):
    browser = browser_of(app_with(base_url="https://messages.example.com"))
    answer = sign_in_by_form(browser, base_url="https://messages.example.com")
    cookies = answer.headers.getlist("Set-Cookie")

    assert answer.status_code == 303
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert any(cookie.startswith("__Host-parley_store=") for cookie in cookies)
    for cookie in cookies:
        assert cookie.startswith("__Host-parley")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert browser.get("/store", base_url="https://messages.example.com").status_code == 200


def test_in_production_only_its_own_host_is_answered():
    hosts = Config(
        env="production", secret_key=KEY, base_url="https://messages.example.com", database_url="sqlite:///x.db"
    ).trusted_hosts

    assert hosts == ["messages.example.com"]


def test_forwarded_headers_are_not_believed(app_with):
    browser = browser_of(app_with())
    forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"}

    assert address_of(browser, forwarded) == "127.0.0.1"
    assert browser_of(browser.application).get("/store", headers=forwarded).location == "/store/login?next=%2Fstore"


def test_the_headers_of_a_trusted_proxy_are(app_with):
    browser = browser_of(app_with(trusted_proxies=1))
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}

    assert address_of(browser, forwarded) == "203.0.113.7", "the last hop's word, not what the client wrote"
    assert browser.get("/store/login", headers={"X-Forwarded-Host": "evil.test"}).status_code == 400


def address_of(browser, headers):
    """The address that a sign-in through these headers is noted under."""
    from tests.guards.rows import all_rows

    assert sign_in_by_form(browser, headers=headers).status_code == 303
    (session,) = all_rows(browser.application)["sessions"]
    return session["address"]


def test_a_session_cookie_for_http_is_nothing_by_https(app_with):
    browser = browser_of(app_with(base_url="https://messages.example.com"))
    sign_in_by_form(browser, base_url="https://messages.example.com")
    secret = browser.get_cookie("__Host-parley_store", domain="messages.example.com").value
    plain = browser_of(browser.application)
    plain.set_cookie("parley_store", secret, domain="messages.example.com")

    assert plain.get("/store", base_url="https://messages.example.com").status_code == 302
