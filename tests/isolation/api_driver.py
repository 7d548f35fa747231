"""The JSON API as a door of the machine: a token for each person, Flask's client, no server."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from tests.factories import saving
from tests.guards.routes import MISSING, routes_of
from tests.guards.routes import Route as Rule
from tests.isolation.driving import Answer, Listed, Route, Row, Shown
from tests.isolation.model import Person
from webapp.accounts import tokens
from webapp.accounts.models import Customer, Scope, TokenKind, User
from webapp.accounts.tokens import SIGN_IN_LASTS
from webapp.accounts.viewer import Viewer
from webapp.database import now, session

PORTALS = {"admin": "admin", "store": "store", "customer": "storefront"}
VARYING = {"Date", "Content-Length", "RateLimit", "X-Request-ID"}
BODIES = {
    "send_message": {"content": "Hello"},
    "mark_unread": {"from_seq": 1},
    "set_preferences": {"email_notifications": True},
}


class ApiDriver:
    """Every request carries the person's token; nothing else tells who they are."""

    knows_keys_first, refuses_cursors, names_other_stores = True, True, False

    def __init__(self, app: Flask, viewer_of: Callable[[Person], Viewer]) -> None:
        self.app, self.viewer_of = app, viewer_of
        self.client = Client(app, app.response_class, use_cookies=False)
        self.tokens: dict[str, str] = {}
        self.rules: dict[str, list[Rule]] = {}

    def narrows_to_stores(self, _person: Person) -> bool:
        return True

    def enter(self, person: Person) -> None:
        viewer = self.viewer_of(person)
        with saving():
            account = session.get_one(Customer if viewer.is_customer else User, viewer.id)
            until = now() + SIGN_IN_LASTS
            self.tokens[person.key] = tokens.issue(account, viewer.store_id, TokenKind.SIGN_IN, "Machine", Scope, until)

    def start(
        self, person: Person, channel: str, to: Person | str, words: tuple[str, str], key: str | None
    ) -> tuple[Answer, int | None]:
        recipient: dict[str, Any]
        recipient = {"type": "store", "store_id": int(to)} if isinstance(to, str) else {"type": to.side, "id": to.id}
        body = {"conversation_type": channel, "subject": words[0], "content": words[1], "recipient": recipient}
        response = self._ask(person, "POST", "", json=body, headers=_key(key))
        return self._answer(response), response.json.get("id")

    def send(self, person: Person, number: int, text: str, key: str | None) -> Answer:
        body = {"content": text}
        return self._answer(self._ask(person, "POST", f"/{number}/messages", json=body, headers=_key(key)), number)

    def send_file(self, person: Person, number: int, name: str, content: str) -> tuple[Answer, str | None]:
        data = {"files": [(io.BytesIO(content.encode()), name)]}
        response = self._ask(person, "POST", f"/{number}/messages", data=data)
        files = response.json.get("attachments")
        return self._answer(response, number), files[0]["id"] if files else None

    def do(self, person: Person, verb: str, number: int, seq: int | None = None) -> Answer:
        method, path, body = {
            "close": ("POST", "close", {}),
            "reopen": ("POST", "reopen", {}),
            "read": ("PUT", "read", {"up_to_seq": seq}),
            "unread": ("PUT", "unread", {"from_seq": seq}),
            "watch": ("PUT", "preferences", {"email_notifications": True}),
            "unwatch": ("PUT", "preferences", {"email_notifications": False}),
        }[verb]
        return self._answer(self._ask(person, method, f"/{number}/{path}", json=body), number)

    def list(self, person: Person, **filters: str) -> Listed:
        filters = {("store_id" if name == "store" else name): value for name, value in filters.items()}
        response = self._ask(person, "GET", "", query_string=filters)
        found, answer = response.json, self._answer(response)
        if answer.status != 200:
            return Listed(answer)
        rows = tuple(Row(one["id"], one["unread_count"], one["is_participant"]) for one in found["conversations"])
        return Listed(answer, rows, found["total"], found["total_unread"], found["next_cursor"])

    def show(self, person: Person, number: int) -> Shown:
        response = self._ask(person, "GET", f"/{number}?limit=200")
        answer, found = self._answer(response, number), response.json
        if answer.status != 200:
            return Shown(answer)
        people = [*found["participants"], *(one["sender"] for one in found["messages"]), found["other_party"]]
        others = [one for one in found["participants"] if (one["type"], one["id"]) != (person.side, person.id)]
        return Shown(
            answer,
            tuple(one["seq"] for one in found["messages"]),
            tuple(file["id"] for one in found["messages"] for file in one["attachments"]),
            tuple(one["last_read_seq"] for one in others if one["last_read_seq"] is not None),
            tuple(one["id"] for one in people if one["type"] == "admin" and one["id"] is not None),
        )

    def badge(self, person: Person) -> tuple[Answer, int]:
        response = self._ask(person, "GET", "/unread-count")
        return self._answer(response), response.json.get("unread_count")

    def directory(self, person: Person) -> Answer:
        return self._answer(self._ask(person, "GET", "/recipients?limit=100"))

    def elsewhere(self, person: Person) -> Iterator[Answer]:
        for side, portal in PORTALS.items():
            if side != person.side:
                yield self._answer(self._ask(person, "GET", f"/api/v1/{portal}/messages?scope=team&status=all"))

    def routes(self, person: Person) -> list[Route]:
        if person.side not in self.rules:
            found = routes_of(self.app, self.viewer_of(person), "GET", "POST", "PUT", "DELETE")
            self.rules[person.side] = [one for one in found if one.of_programs and one.of_conversation]
        return [self._route(rule) for rule in self.rules[person.side]]

    def _route(self, rule: Rule) -> Route:
        changes = rule.method != "GET"

        def ask(person: Person, number: int, file: str) -> Answer:
            body = {"json": BODIES.get(rule.name, {})} if changes else {}
            return self._answer(self._ask(person, rule.method, rule.path(number, file), **body), number)

        return Route(str(rule), changes, "attachment_id" in rule.rule.arguments, ask)

    def _ask(self, person: Person, method: str, path: str, **kwargs: Any) -> TestResponse:
        address = path if path.startswith("/api") else f"/api/v1/{PORTALS[person.side]}/messages{path}"
        headers = {"Authorization": f"Bearer {self.tokens[person.key]}", **(kwargs.pop("headers", None) or {})}
        response = self.client.open(address, method=method, headers=headers, buffered=True, **kwargs)
        response.request.environ["wsgi.input"].close()
        return response

    def _answer(self, response: TestResponse, number: int = MISSING) -> Answer:
        headers = json.dumps({name: value for name, value in response.headers.items() if name not in VARYING})
        raw = f"{response.status_code} {headers} {response.get_data().decode('utf-8', 'replace')}"
        return Answer(response.status_code, raw, re.sub(rf"/messages/{number}(?!\d)", "/messages/ID", raw))


def _key(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key} if key else {}
