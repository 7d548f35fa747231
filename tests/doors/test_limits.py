"""Rate limits: shared through Redis, counted in this process when it is not set."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import redis
from flask import Flask

from tests.backends import migrate, running_app
from tests.factories import make_customer, make_store, make_store_user, save_in, start, viewer_of
from tests.portals.fixtures import browser_of, start_session
from tests.services import REDIS_URL
from webapp.config import Config
from webapp.doors import limits
from webapp.extensions import limiter


@contextmanager
def app_on(tmp_path, **settings):
    with running_app(f"sqlite:///{tmp_path}/limits.db", **settings) as app:
        migrate(app)
        save_in(app)
        try:
            yield app
        finally:
            save_in(None)
            count_in_this_process_again()


def count_in_this_process_again():
    """The limiter is one for the process: the tests that come after must find it as it was."""
    limits.set_up(Flask("as it was"), Config(env="test", secret_key="tests" * 8))
    limiter._storage_dead = False
    limiter.reset()


def olga_on_page(app):
    """Sign Olga in and open a conversation of hers."""
    store = make_store()
    olga = viewer_of(make_store_user(store, "Olga Owner"), store)
    conversation = start(olga, make_customer(store))
    browser = browser_of(app)
    browser.set_cookie("parley_store", start_session(olga))
    browser.path = f"/store/messages/{conversation.id}"
    browser.get(browser.path)
    return browser


def send(browser, count):
    """Send so many messages and return the statuses."""
    token = browser.csrf_token()
    return [
        browser.post(f"{browser.path}/messages", data={"csrf_token": token, "body": "Hello"}).status_code
        for _ in range(count)
    ]


def test_twenty_messages_a_minute_in_this_process(tmp_path):
    with app_on(tmp_path) as app:
        limiter.reset()
        assert send(olga_on_page(app), 21) == [303] * 20 + [429]


def test_switched_off_there_is_none(tmp_path):
    with app_on(tmp_path, rate_limits="off") as app:
        assert send(olga_on_page(app), 22) == [303] * 22


def test_the_addresses_of_one_ipv6_network_share_a_limit(tmp_path):
    with app_on(tmp_path) as app:
        limiter.reset()
        stranger = browser_of(app)
        stranger.get("/store/forgot")
        form = {"csrf_token": stranger.csrf_token(), "email": "nobody@example.com"}

        def ask(address):
            return stranger.post("/store/forgot", data=form, environ_overrides={"REMOTE_ADDR": address}).status_code

        assert [ask(f"2001:db8:0:1::{number:x}") for number in range(21)] == [200] * 20 + [429]
        assert ask("2001:db8:0:2::1") == 200
        assert [ask(f"::ffff:192.0.2.{number}") for number in (1, 2)] == [200, 200]


@pytest.fixture
def clean_redis():
    with redis.Redis.from_url(REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.mark.redis
def test_redis_counts_for_all_processes(tmp_path, clean_redis):
    with app_on(tmp_path, redis_url=REDIS_URL) as app:
        browser = olga_on_page(app)
        assert send(browser, 15) == [303] * 15
        assert clean_redis.keys("*parley*")

        with running_app(f"sqlite:///{tmp_path}/limits.db", redis_url=REDIS_URL) as other:
            again = browser_of(other)
            again.path = browser.path
            again.set_cookie("parley_store", browser.get_cookie("parley_store").value)
            again.get(again.path)
            assert send(again, 6) == [303] * 5 + [429]
