"""Rate limits whose Redis goes away or was never there: sending goes on, and no limit opens."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from tests.doors.test_limits import app_on, clean_redis, olga_on_page, send
from tests.faults.wire import Wire
from tests.portals.fixtures import browser_of
from tests.services import REDIS_URL
from webapp.accounts.attempts import PER_ACCOUNT_AND_ADDRESS

__all__ = ["clean_redis"]

pytestmark = pytest.mark.redis


@pytest.fixture
def nobody():
    """The address of a Redis that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


def test_when_redis_goes_away_this_process_counts_on(tmp_path, clean_redis):
    parts = urlsplit(REDIS_URL)
    wire = Wire(parts.hostname or "", parts.port or 6379)
    with app_on(tmp_path, redis_url=f"redis://127.0.0.1:{wire.port}{parts.path}") as app:
        browser = olga_on_page(app)
        assert send(browser, 3) == [303] * 3
        wire.close()

        statuses = send(browser, 25)

    assert statuses[:17] == [303] * 17, "sending goes on"
    assert statuses[-1] == 429, "and the limit does not open"
    assert set(statuses) == {303, 429}


def test_a_redis_that_was_never_there_does_not_keep_anybody_out(tmp_path, nobody):
    with app_on(tmp_path, redis_url=nobody) as app:
        assert send(olga_on_page(app), 21) == [303] * 20 + [429]


def test_the_limits_on_guessing_hold_without_redis(tmp_path, nobody):
    with app_on(tmp_path, redis_url=nobody) as app:
        olga_on_page(app)
        browser, statuses = browser_of(app), []
        for _ in range(PER_ACCOUNT_AND_ADDRESS + 1):
            browser.get("/store/login")
            statuses.append(browser.submit("/login", email="olga.owner@example.com", password="a guess").status_code)

    assert statuses == [401] * PER_ACCOUNT_AND_ADDRESS + [429]
