"""A real server, a real Chromium, sign-ins through the forms, and an eye on every page for what nobody may see."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests import backends, factories
from tests.browser.screen import sign_in
from tests.people import People
from tests.services import chromium
from webapp.accounts.viewer import Viewer
from webapp.serving import make_front

# One renderer for the pages of a worker: each test would begin one, and compile all scripts again.
CHROMIUM_ARGS = [
    *("--renderer-process-limit=1", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
SignIn = Callable[..., Page]
_ADMIN = pytest.param("ada", marks=pytest.mark.slow)
EACH_PORTAL = ["olga", "mara", _ADMIN]
"""Somebody of each portal. An admin's pages are a store's with another word or two: they are for the slow half."""
STAFF = ["olga", _ADMIN]
"""Somebody of each portal with a dense inbox."""


class Watch:
    """What went wrong in any page of the test: errors in the console, other origins, answers of 500 and above."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.problems: list[str] = []
        self.allowed: set[int] = set()
        self.provoked: set[int] = set()
        self.may_lose = False

    def allow(self, *statuses: int) -> None:
        """Let the browser note refusals that the test provokes; an answer of 500 and above is never allowed."""
        self.allowed.update(statuses)

    def provoke(self, status: int) -> None:
        """Let answers be that a test makes up itself, also of 500 and above."""
        self.allowed.add(status)
        self.provoked.add(status)

    def allow_lost_requests(self) -> None:
        """Let the browser note requests that the test loses on their way."""
        self.may_lose = True

    def over(self, context: BrowserContext) -> BrowserContext:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        return context

    def _console(self, message: ConsoleMessage) -> None:
        refused = REFUSED.match(message.text)
        if self.may_lose and ("net::ERR_" in message.text or "htmx:error: Failed to fetch" in message.text):
            return
        if message.type in {"error", "warning"} and not (refused and int(refused[1]) in self.allowed):
            self.problems.append(f"console {message.type}: {message.text} ({message.page and message.page.url})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base_url + "/", "blob:", "data:")):
            self.problems.append(f"request to {request.url}")

    def _response(self, response: Response) -> None:
        if response.status in self.provoked:
            return
        if response.status >= 500 or (response.status >= 400 and response.status not in self.allowed):
            self.problems.append(f"{response.status} from {response.request.method} {response.url}")


@contextmanager
def serving(database: str, host: str = "127.0.0.1", **settings: object) -> Iterator[tuple[Flask, str]]:
    """Serve an app on a database of its own behind uvicorn, as in production; gives the app and its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://{host}:{listener.getsockname()[1]}"
    with backends.running_app(database, base_url=url, **settings) as app:
        backends.migrate(app)
        config = uvicorn.Config(make_front(app), log_level="warning", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="served")
        thread.start()
        yield app, url
        server.should_exit = True
        thread.join(timeout=10)
    listener.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[tuple[Flask, str]]:
    """The app that all tests of a worker share, and its address."""
    database = f"sqlite:///{tmp_path_factory.mktemp('browser') / worker_name}.db"
    with serving(database, demo=False) as running:
        yield running


@pytest.fixture
def live_app(served: tuple[Flask, str]) -> Iterator[Flask]:
    """The served app, its database empty; the factories save there."""
    backends.empty(served[0])
    factories.save_in(served[0])
    yield served[0]
    factories.save_in(None)


@pytest.fixture
def people(live_app: Flask) -> People:
    """The small marketplace in the served app."""
    return People()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def base_url(served: tuple[Flask, str]) -> str:
    return served[1]


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    size = {"width": 1280, "height": 800}
    return {**browser_context_args, "viewport": size, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture
def watch(base_url: str) -> Watch:
    return Watch(base_url)


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context whose pages are watched; what they noted fails the test at its end."""

    def make(**options: Any) -> BrowserContext:
        context = watch.over(new_context(**options))
        context.set_default_timeout(8000)
        return context

    yield make
    assert watch.problems == []


@pytest.fixture
def context_with(
    browser: Browser, browser_context_args: dict[str, Any], watch: Watch
) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context that is not like the others: another zone, a phone, no scripts. It is watched too."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = watch.over(browser.new_context(**{**browser_context_args, **options}))
        context.set_default_timeout(8000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert watch.problems == []


@pytest.fixture
def without_stream(context: BrowserContext) -> None:
    """Answer as a server does that holds no streams, so that pages ask for news from time to time."""
    context.route("**/live", lambda route: route.fulfill(status=204))


@pytest.fixture
def signed_in(context: BrowserContext) -> SignIn:
    """Open a page of the test's context, signed in as somebody, at their inbox or at ``path``."""

    def get(viewer: Viewer, path: str | None = None) -> Page:
        return sign_in(context.new_page(), viewer, path)

    return get
