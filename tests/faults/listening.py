"""Somebody who listens to a live stream of a server in another process."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.faults.running import Server
from tests.portals.fixtures import portal_of_viewer, start_session
from webapp.accounts.viewer import Viewer

PATIENCE = 20
"""Seconds that a test waits at most for what should take a moment: the machine may be busy."""


def eventually(check: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until it holds; return how many seconds it took."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < seconds, "it never came true"
        time.sleep(0.02)
    return time.monotonic() - began


@dataclass
class Listening:
    """One stream, read in a thread as long as it lasts."""

    status: int = 0
    retry_after: str | None = None
    text: str = ""
    is_over: bool = False
    names: list[str] = field(default_factory=list)

    def heard(self, event: str, count: int = 1) -> Callable[[], bool]:
        return lambda: self.text.count(f"event: {event}\n") >= count

    def read(self, address: str, cookies: dict[str, str]) -> None:
        headers = {"Accept": "text/event-stream"}
        try:
            with (
                httpx.Client(timeout=httpx.Timeout(10, read=None)) as client,
                client.stream("GET", address, cookies=cookies, headers=headers) as response,
            ):
                self.status = response.status_code
                self.retry_after = response.headers.get("Retry-After")
                for text in response.iter_text():
                    self.text += text
        except httpx.TransportError:
            pass  # cut off
        finally:
            self.is_over = True


@contextmanager
def listening(server: Server, viewer: Viewer, wait: bool = True) -> Iterator[Listening]:
    """Listen as somebody with a session of their own, until the server or the test ends it."""
    portal = portal_of_viewer(viewer)
    stream = Listening()
    cookies = {f"parley_{portal.name}": start_session(viewer)}
    address = f"{server.url}{portal.prefix}/live"
    thread = threading.Thread(target=stream.read, args=(address, cookies), daemon=True)
    thread.start()
    eventually(lambda: stream.status or stream.is_over)
    if wait:
        eventually(lambda: ": hello" in stream.text)
    with contextlib.suppress(RuntimeError):
        yield stream


def status_of_stream(server: Server, viewer: Viewer) -> int:
    with listening(server, viewer, wait=False) as stream:
        return stream.status
