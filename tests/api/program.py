"""A program that uses the API as one person, and checks every answer against the specification."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import Client, TestResponse

from tests.portals.fixtures import portal_of_viewer
from webapp.accounts.viewer import Viewer
from webapp.api import openapi

PROBLEM = "application/problem+json"


class BadAnswer(AssertionError):
    """An answer that the specification does not know."""


class Program:
    """A client with a token; paths are relative to the portal's base, unless they begin with a slash."""

    def __init__(self, app: Flask, viewer: Viewer | None = None, token: str | None = None) -> None:
        self.app, self.client = app, Client(app, app.response_class, use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.base = f"/api/v1/{portal_of_viewer(viewer).name}/messages" if viewer else ""

    def __call__(self, method: str, path: str = "", **kwargs: Any) -> TestResponse:
        address = path if path.startswith("/api") else self.base + path
        kwargs["headers"] = {**self.headers, **dict(kwargs.get("headers") or {})}
        response = self.client.open(address, method=method, buffered=True, **kwargs)
        response.request.environ["wsgi.input"].close()
        check(self.app, response)
        return response

    def get(self, path: str = "", **kwargs: Any) -> TestResponse:
        return self("GET", path, **kwargs)

    def post(self, path: str = "", **kwargs: Any) -> TestResponse:
        return self("POST", path, **kwargs)

    def put(self, path: str = "", **kwargs: Any) -> TestResponse:
        return self("PUT", path, **kwargs)

    def read(self, path: str = "") -> Any:
        """Get what must be there."""
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.json


def as_missing(foreign: TestResponse, missing: TestResponse, number: int) -> bool:
    """Tell whether a conversation's answer is the answer for the id 987654321, but for the id in ``instance``."""
    masked = foreign.data.replace(b"/messages/%d" % number, b"/messages/ID")
    same = masked == missing.data.replace(b"/messages/987654321", b"/messages/ID")
    return same and foreign.status_code == missing.status_code


def check(app: Flask, response: TestResponse) -> None:
    """Raise BadAnswer unless the specification has the answer's status, media type and shape."""
    described = _described(app, response)
    has_body = response.request.method != "HEAD"
    if response.status_code >= 400 and has_body:
        if response.mimetype != PROBLEM:
            raise BadAnswer(f"{response.status_code} as {response.mimetype}")
        _validate(response, {"$ref": "#/components/schemas/Problem"})
        if response.json["status"] != response.status_code:
            raise BadAnswer("the problem has another status")
    if described is None:
        return
    answers = described["responses"]
    if str(response.status_code) not in answers:
        raise BadAnswer(f"{response.request.method} {response.request.path}: {response.status_code} is not documented")
    content = answers[str(response.status_code)].get("content", {})
    if response.status_code < 400 and "application/json" in content and has_body:
        _validate(response, content["application/json"]["schema"])


def _described(app: Flask, response: TestResponse) -> dict[str, Any] | None:
    adapter = app.url_map.bind("localhost")
    method = "GET" if response.request.method == "HEAD" else response.request.method
    if not adapter.test(response.request.path, method):
        return None
    rule, _ = adapter.match(response.request.path, method, return_rule=True)
    path = openapi._path(rule.rule)[0]
    return specification()["paths"].get(path, {}).get(method.lower())


def _validate(response: TestResponse, schema: dict[str, Any]) -> None:
    errors = [error.message for error in _validator(json.dumps(schema)).iter_errors(response.json)]
    if errors:
        raise BadAnswer(f"{response.request.method} {response.request.path}: {errors[:3]}")


@cache
def _validator(schema: str) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": specification()["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def specification() -> dict[str, Any]:
    """Return the specification."""
    return openapi.specification("http://localhost")
