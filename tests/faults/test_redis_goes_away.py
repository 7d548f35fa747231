"""Redis gone at the start, midway or slow: sends succeed, pages poll and lose nothing, and the streams come back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.faults.conftest import Marketplace
from tests.faults.listening import eventually, listening, status_of_stream
from tests.faults.running import Server, serving
from tests.faults.wire import Wire
from tests.portals.fixtures import inbox_of, start_session
from tests.services import REDIS_URL

pytestmark = [pytest.mark.redis, pytest.mark.slow]
SLOW = 5
"""Seconds that a send may take at most on a busy machine; a limit that waited for Redis would take longer."""


@pytest.fixture
def wire() -> Iterator[Wire]:
    parts = urlsplit(REDIS_URL)
    found = Wire(parts.hostname or "", parts.port or 6379)
    yield found
    found.close()


def through(wire: Wire, market: Marketplace) -> Server:
    """Return a server that reaches Redis by the wire, with its limits on."""
    redis_url = f"redis://127.0.0.1:{wire.port}{urlsplit(REDIS_URL).path}"
    environment = {"PARLEY_REDIS_URL": redis_url, "PARLEY_RATE_LIMITS": "on"}
    return Server(market.server.database_url, market.server.storage_url, environment)


def send(market: Marketplace, server: Server) -> float:
    """Send as the customer; return how long it took."""
    market.server, kept = server, market.server
    sender = market.sender()
    market.server = kept
    began = time.monotonic()
    assert sender.send([]).status_code == 303
    return time.monotonic() - began


def polled(market: Marketplace, server: Server) -> list[str]:
    """What the store's page learns when it polls."""
    olga = market.people.olga
    cookies = {"parley_store": start_session(olga)}
    query = f"badge=0&thread={market.conversation.id}&seq=1"
    answer = httpx.get(f"{server.url}{inbox_of(olga)}/_/news?{query}", cookies=cookies, timeout=30)
    return answer.json()["events"]


def test_redis_is_gone_at_the_start(marketplace_on, wire):
    market = marketplace_on("sqlite", is_served=False)
    wire.cut()
    with serving(through(wire, market)) as server:
        assert status_of_stream(server, market.people.olga) == 503
        assert send(market, server) < SLOW
        assert f"thread-{market.conversation.id}" in polled(market, server)

        wire.mend()
        eventually(lambda: status_of_stream(server, market.people.olga) == 200)


def test_redis_goes_midway(marketplace_on, wire):
    market = marketplace_on("sqlite", is_served=False)
    with serving(through(wire, market)) as server:
        eventually(lambda: status_of_stream(server, market.people.olga) == 200)
        with listening(server, market.people.olga) as stream:
            send(market, server)
            eventually(stream.heard("thread"))
            wire.cut()
            eventually(lambda: stream.is_over)
            assert '{"why":"away"}' in stream.text
        assert send(market, server) < SLOW
        assert {"badge", f"thread-{market.conversation.id}"} <= set(polled(market, server))

        wire.mend()
        eventually(lambda: status_of_stream(server, market.people.olga) == 200)
        with listening(server, market.people.olga) as stream:
            send(market, server)
            eventually(stream.heard("thread"))


def test_redis_is_slow(marketplace_on, wire):
    market = marketplace_on("sqlite", is_served=False)
    with serving(through(wire, market)) as server:
        eventually(lambda: status_of_stream(server, market.people.olga) == 200)
        with listening(server, market.people.olga) as stream:
            wire.hold_up()
            assert send(market, server) < SLOW
            assert send(market, server) < SLOW
            eventually(lambda: stream.heard("thread", 2)() or stream.is_over)
            assert f"thread-{market.conversation.id}" in polled(market, server)
