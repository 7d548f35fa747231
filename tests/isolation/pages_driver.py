"""The pages and pieces of the three portals as a door of the machine: a browser each, with its cookies, no server.

Pages are asked for as a browser does and pieces as htmx does, with the headers that their page carries. What is
shown is read by its marks in the HTML: a tree of every answer would take longer than all the rest.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from tests.guards.routes import MISSING, routes_of
from tests.guards.routes import Route as Rule
from tests.isolation.driving import Answer, Listed, Route, Row, Shown
from tests.isolation.model import Person
from tests.portals import pages
from tests.portals.fixtures import portal_of_viewer, start_session
from webapp.accounts.viewer import Viewer
from webapp.doors.portal import PORTALS, Portal
from webapp.realtime.front import HOLDS

VARYING = {"Date", "Content-Length", "RateLimit", "X-Request-ID"}
TYPED = {"body": "Hello", "email_notifications": "on", "up_to_seq": "1", "from_seq": "1", "reason": "A reason"}
DONE = {204: 200}
"""htmx is led on by an answer without content."""


class PagesDriver:
    """Every request carries the person's cookies, as their browser does; nothing else tells who they are."""

    knows_keys_first, refuses_cursors, names_other_stores = False, False, True

    def __init__(self, app: Flask, viewer_of: Callable[[Person], Viewer]) -> None:
        self.app, self.viewer_of = app, viewer_of
        self.browsers: dict[str, Client] = {}
        self.sessions: dict[str, str] = {}
        self.carried: dict[str, dict[str, str]] = {}
        self.rules: dict[str, list[Rule]] = {}

    def narrows_to_stores(self, person: Person) -> bool:
        return person.side == "admin"

    def enter(self, person: Person) -> None:
        self.sessions[person.key] = start_session(self.viewer_of(person))
        self.browsers[person.key] = self._browser(person, self._portal(person))
        page = self.browsers[person.key].get(self._portal(person).messages)
        self.carried[person.key] = pages.inherited_headers(page.text)

    def start(
        self, person: Person, _channel: str, to: Person | str, words: tuple[str, str], key: str | None
    ) -> tuple[Answer, int | None]:
        side = "store" if isinstance(to, str) else "customer"
        choice = f"store:{to}" if isinstance(to, str) else f"customer:{to.id}"
        data = {"subject": words[0], "body": words[1], "side": side, "choice": choice, "client_key": key or ""}
        response = self._htmx(person, "POST", "/new", data=data)
        number = re.search(r"/messages/(\d+)$", response.headers.get("HX-Redirect", ""))
        return self._answer(response, done={204: 201}), int(number[1]) if number else None

    def send(self, person: Person, number: int, text: str, key: str | None) -> Answer:
        data = {"body": text, "client_key": key or ""}
        return self._answer(self._htmx(person, "POST", f"/{number}/messages", number, data=data), number, {200: 201})

    def send_file(self, person: Person, number: int, name: str, content: str) -> tuple[Answer, str | None]:
        data = {"body": "", "files": [(io.BytesIO(content.encode()), name)]}
        response = self._htmx(person, "POST", f"/{number}/messages", number, data=data)
        files = _files(response.text)
        return self._answer(response, number, {200: 201}), files[0] if files else None

    def do(self, person: Person, verb: str, number: int, seq: int | None = None) -> Answer:
        path, data = {
            "close": ("close", {}),
            "reopen": ("reopen", {}),
            "read": ("read", {} if seq is None else {"up_to_seq": str(seq)}),
            "unread": ("unread", {"from_seq": str(seq)}),
            "watch": ("preferences", {"email_notifications": "on"}),
            "unwatch": ("preferences", {"email_notifications": "off"}),
        }[verb]
        return self._answer(self._htmx(person, "POST", f"/{number}/{path}", number, data=data), number)

    def keep_draft(self, person: Person, number: int, text: str) -> Answer:
        """Leave a text in the composer, as the page does by itself."""
        return self._answer(self._htmx(person, "PUT", f"/{number}/draft", number, data={"body": text}), number)

    def list(self, person: Person, **filters: str) -> Listed:
        """List by the page, and ask the piece for what the person takes part in, which no row says."""
        response = self._page(person, "", query_string=filters)
        answer, html = self._answer(response), response.text
        if answer.status != 200:
            return Listed(answer)
        mine = self._htmx(person, "GET", "/_/rows", query_string={**filters, "scope": "mine"})
        own = {number for number, _ in _rows(mine.text)}
        both = Answer(answer.status, answer.raw + mine.text, answer.masked)
        rows = tuple(Row(number, unread, number in own) for number, unread in _rows(html))
        total = int(_found(r'id="list-count">([\d,]+)', html).replace(",", ""))
        return Listed(both, rows, total, _badge(html))

    def show(self, person: Person, number: int) -> Shown:
        """Open by the piece and by the page: both show the same."""
        response = self._htmx(person, "GET", f"/{number}/_/thread")
        page = self._page(person, f"/{number}")
        answer, html = self._answer(response, number), response.text
        if answer.status != 200:
            return Shown(answer)
        assert (_seqs(page.text), _files(page.text)) == (_seqs(html), _files(html)), f"the page of {number} differs"
        seen = re.findall(r'class="receipt"[^>]*>Read(?: by (\d+))?<', html)
        raw = answer.raw + page.text
        return Shown(
            Answer(answer.status, raw, answer.masked), _seqs(html), _files(html), tuple(int(n or 1) for n in seen)
        )

    def badge(self, person: Person) -> tuple[Answer, int]:
        response = self._htmx(person, "GET", "/_/badge")
        return self._answer(response), _badge(response.text)

    def directory(self, person: Person) -> Answer:
        """Ask the box of the compose page, for stores and for customers, and the page without JavaScript."""
        asked = [
            *(self._htmx(person, "GET", "/_/recipients", query_string={"side": one}) for one in ("store", "customer")),
            self._page(person, "/new", method="POST", data={"find": "1", **self._token(person)}),
        ]
        answers = [self._answer(one) for one in asked]
        return Answer(max(one.status for one in answers), " ".join(one.raw for one in answers))

    def elsewhere(self, person: Person) -> Iterator[Answer]:
        """Ask for a piece that names no other place, which a portal could not have."""
        for portal in PORTALS.values():
            if portal is not self._portal(person):
                browser = self._browser(person, portal)
                yield self._answer(browser.get(f"{portal.messages}/_/badge", headers={"HX-Request": "true"}))

    def routes(self, person: Person) -> list[Route]:
        if person.side not in self.rules:
            found = routes_of(self.app, self.viewer_of(person), "GET", "POST", "PUT", "DELETE")
            self.rules[person.side] = [one for one in found if one.of_conversation and not one.of_programs]
        return [self._route(rule) for rule in self.rules[person.side]]

    def places(self, person: Person) -> Iterator[tuple[str, Answer]]:
        """Ask for every page and piece that needs no id."""
        for rule in routes_of(self.app, self.viewer_of(person), "GET"):
            if not rule.of_programs and not rule.rule.arguments and rule.name not in {"live", "news"}:
                ask = self._htmx if "/_/" in str(rule.rule) else self._page
                yield str(rule), self._answer(ask(person, path=rule.path()))

    def news(self, person: Person, number: int) -> Answer:
        """Poll as a page does on which this conversation is open, of which it shows nothing yet."""
        asked = {"thread": str(number), "seq": "0", "badge": "-1", "scope": "team", "list": "-1", "newest": ""}
        response = self._page(person, "/_/news", query_string=asked)
        return self._answer(response, number)

    def channels(self, person: Person) -> list[str]:
        """Open the stream, and return what it listens to."""
        response = self._page(
            person, path=f"{self._portal(person).prefix}/live", environ_overrides={"asgi.scope": {HOLDS: True}}
        )
        return response.headers["Grip-Channel"].split(", ")

    def _route(self, rule: Rule) -> Route:
        changes = rule.method != "GET"
        whole = not changes and "/_/" not in str(rule.rule)

        def ask(person: Person, number: int, file: str) -> Answer:
            path = rule.path(number, file)
            if whole:
                return self._answer(self._page(person, path=path), number)
            data = {"data": TYPED} if changes else {}
            return self._answer(self._htmx(person, rule.method, path=path, **data), number)

        return Route(str(rule), changes, "attachment_id" in rule.rule.arguments, ask)

    def _htmx(
        self, person: Person, method: str = "GET", below: str = "", shown: int | None = None, **kwargs: Any
    ) -> TestResponse:
        """Ask as htmx does, from the inbox or the page of a conversation."""
        page = self._portal(person).messages + (f"/{shown}" if shown else "")
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{page}", **self.carried[person.key]}
        return self._page(person, below, method=method, headers=headers, **kwargs)

    def _page(self, person: Person, below: str = "", path: str | None = None, **kwargs: Any) -> TestResponse:
        address = path or self._portal(person).messages + below
        response = self.browsers[person.key].open(address, buffered=True, **kwargs)
        response.request.environ["wsgi.input"].close()
        return response

    def _token(self, person: Person) -> dict[str, str]:
        return {"csrf_token": self.carried[person.key]["X-CSRF-Token"]}

    def _browser(self, person: Person, portal: Portal) -> Client:
        browser = Client(self.app, self.app.response_class, use_cookies=True)
        browser.set_cookie(f"parley_{portal.name}", self.sessions[person.key])
        return browser

    def _portal(self, person: Person) -> Portal:
        return portal_of_viewer(self.viewer_of(person))

    def _answer(self, response: TestResponse, number: int = MISSING, done: dict[int, int] = DONE) -> Answer:
        """Return the answer with its status in the words of the model: to be led to the sign-in is a 401."""
        is_locked = response.status_code in {302, 303} and "/login" in (response.location or "")
        status = 401 if is_locked else done.get(response.status_code, response.status_code)
        headers = json.dumps({name: value for name, value in response.headers.items() if name not in VARYING})
        raw = f"{response.status_code} {headers} {response.get_data().decode('utf-8', 'replace')}"
        masked = re.sub(rf"messages(/|%2F){number}(?!\d)", r"messages\1ID", pages.without_random(raw))
        return Answer(status, raw, masked)


def _rows(html: str) -> list[tuple[int, int]]:
    """The rows of a list, each with its unread count."""
    rows = re.findall(r'<li id="row-(\d+)">(.*?)</li>', html, re.DOTALL)
    return [(int(number), int(_found(r'class="vh">(\d+) unread', row) or 0)) for number, row in rows]


def _badge(html: str) -> int:
    return int(_found(r'id="messages-link"[^>]* data-unread="(\d+)"', html) or -1)


def _seqs(html: str) -> tuple[int, ...]:
    return tuple(int(seq) for seq in re.findall(r'<li class="(?:msg|event)[^"]*" id="m-(\d+)"', html))


def _files(html: str) -> tuple[str, ...]:
    return tuple(re.findall(r'<a class="file" href="[^"]*/attachments/([0-9a-f-]{36})"', html))


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""
