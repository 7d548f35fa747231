"""Server CPU per request: Parley and a bare Flask view, each served by uvicorn, asked in turn over one connection."""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.marketplace import Marketplace

ROUNDS = 9
PER_ROUND = 50
ASKED = 1_000
Ask = Callable[[], None]


def ratios(place: Marketplace) -> dict[str, tuple[float, float]]:
    """Return each request's throughput as a part of the bare view's, and its milliseconds: medians of server CPU.

    The rounds take turns, A B A B.
    """
    found: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    with served("bench.bare:app", {}) as bare, served("webapp.asgi:app", place.environment) as parley:
        constant = bare.ask("GET", "/", {})
        requests = _requests(parley, place)
        for ask in (constant, *requests.values()):
            bare.cpu_of(ask, 10)
        for _ in range(ROUNDS):
            for name, ask in requests.items():
                least, cost = bare.cpu_of(constant, PER_ROUND), parley.cpu_of(ask, PER_ROUND)
                found.setdefault(name, []).append(least / cost)
                costs.setdefault(name, []).append(cost / PER_ROUND * 1000)
    return {name: (statistics.median(values), statistics.median(costs[name])) for name, values in found.items()}


def memory(place: Marketplace) -> tuple[float, float]:
    """Return the megabytes that a server holds after its start, and after further requests."""
    with served("webapp.asgi:app", place.environment) as parley:
        started = _held(parley)
        requests = _requests(parley, place)
        del requests["send"]
        for number in range(ASKED):
            list(requests.values())[number % len(requests)]()
        return started, _held(parley)


def _held(server: Server) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


class Server:
    """A uvicorn of our own and one connection to it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.pid = process.pid
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method: str, path: str, headers: dict[str, str], body: Callable[[], str] | None = None) -> Ask:
        """Return a request that must be answered with 200."""

        def ask() -> None:
            self.connection.request(method, path, body() if body else None, headers)
            response = self.connection.getresponse()
            response.read()
            assert response.status == 200, (path, response.status)

        return ask

    def cpu_of(self, ask: Ask, times: int) -> float:
        """Return the CPU seconds that the server spent while it was asked so many times."""
        begun = self.cpu()
        for _ in range(times):
            ask()
        return self.cpu() - begun

    def cpu(self) -> float:
        """Return the CPU seconds that the server has spent."""
        nanoseconds = sum(
            int(path.read_text(encoding="ascii").split()[0])
            for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        )
        return nanoseconds / 1e9


def open_thread(connection: http.client.HTTPConnection, place: Marketplace) -> tuple[dict[str, str], str]:
    """Return the headers and the CSRF token with which a reply can be sent from the thread."""
    cookie = f"parley_store={place.token}"
    connection.request("GET", f"/store/messages/{place.thread}", headers={"Cookie": cookie})
    page = connection.getresponse()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
    assert token, page.status
    session = (page.getheader("Set-Cookie") or "").split(";")[0]
    return {"Cookie": f"{cookie}; {session}", "HX-Request": "true"}, token[1]


def _requests(server: Server, place: Marketplace) -> dict[str, Ask]:
    base, thread = "/store/messages", f"/store/messages/{place.thread}"
    htmx, token = open_thread(server.connection, place)
    form = {**htmx, "Content-Type": "application/x-www-form-urlencoded"}

    def reply() -> str:
        return urlencode(
            {"csrf_token": token, "body": "It left today.", "client_key": uuid.uuid4(), "up_to_seq": 10**6}
        )

    return {
        "badge": server.ask("GET", f"{base}/_/badge", htmx),
        "poll": server.ask("GET", f"{base}/_/news?badge=-1&list=-1&thread={place.thread}&seq=1", htmx),
        "list": server.ask("GET", f"{base}/_/rows", htmx),
        "list, team": server.ask("GET", f"{base}/_/rows?scope=team", htmx),
        "thread": server.ask("GET", f"{thread}/_/thread", htmx),
        "send": server.ask("POST", f"{thread}/messages", form, reply),
    }


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--log-level", "warning", "--timeout-keep-alive", "120"]
    command = [sys.executable, "-m", "uvicorn", application, *options]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _wait_for(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)
