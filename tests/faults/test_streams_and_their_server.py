"""Hundreds of open streams and their server killed: everybody comes back; a browser that never reads costs nothing."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
from contextlib import suppress

import pytest
import uvicorn

from tests.factories import make_customer, viewer_of
from tests.faults.listening import PATIENCE, eventually
from tests.loops import run_alone
from tests.portals.fixtures import start_session
from webapp.realtime.hints import Hint, Notice
from webapp.realtime.streams import PER_VIEWER
from webapp.serving import make_front

pytestmark = pytest.mark.slow

STREAMS = 500


def request(cookie, path="/storefront/live"):
    lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", "Accept: text/event-stream", "", "")
    return "\r\n".join(lines).encode()


def read_all(browser):
    """Read to the end, and return how much it was."""
    size = 0
    with suppress(ConnectionResetError):
        while text := browser.recv(65536):
            size += len(text)
    return size


async def come_back(port, cookie, opened):
    """Hold a stream as a browser does: back after a moment of chance when it is cut."""
    while True:
        with suppress(OSError, EOFError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request(cookie))
                await reader.readuntil(b": hello\n\n")
                opened.append(cookie)
                await reader.read()
            finally:
                writer.close()
        await asyncio.sleep(random.uniform(0.2, 2))  # noqa: S311


def test_streams_outlive_their_server(marketplace_on):
    market = marketplace_on("sqlite")
    people = [make_customer(market.people.harbor, f"Customer {number}") for number in range(STREAMS // PER_VIEWER + 1)]
    cookies = [f"parley_storefront={start_session(viewer_of(one, market.people.harbor))}" for one in people]

    async def everybody():
        opened = []
        crowd = [
            asyncio.create_task(come_back(market.server.port, cookies[number % len(cookies)], opened))
            for number in range(STREAMS)
        ]
        async with asyncio.timeout(3 * PATIENCE):
            while len(opened) < STREAMS:
                await asyncio.sleep(0.05)
            market.server.kill()
            await asyncio.to_thread(market.server.start)
            while len(opened) < 2 * STREAMS:
                await asyncio.sleep(0.05)
        for one in crowd:
            one.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
        return opened

    opened = run_alone(everybody())
    assert set(opened) == set(cookies)


def test_a_browser_that_never_reads_is_closed_and_holds_no_memory(marketplace_on):
    market = marketplace_on("sqlite", is_served=False)
    front = make_front(market.app)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(front, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with socket.socket() as browser:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            browser.connect(listener.getsockname())
            browser.sendall(request(f"parley_storefront={start_session(market.people.mara)}"))
            eventually(lambda: len(front.streams) == 1)
            said = 0
            while len(front.streams):
                said += 1
                assert said < 20_000, "it is still open"
                front.bus.publish([Notice("everybody", Hint("badge", f'"{said:01000}"'))])
                if said % 10 == 0:
                    threading.Event().wait(0.001)
            assert said * 1000 < 20 * 1024 * 1024
            browser.settimeout(PATIENCE)
            assert read_all(browser) < said * 1000
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
