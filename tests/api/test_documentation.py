"""The specification and its page: whole, consistent with itself and the routes, and for everybody."""

from __future__ import annotations

import json
import re

import pytest

from tests.api.program import specification
from tests.guards.routes import routes
from tests.portals import pages
from webapp.api.openapi import _path
from webapp.api.problems import KINDS

METHODS = {"get", "post", "put", "delete"}


def operations():
    return [
        (path, method, operation)
        for path, item in specification()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


@pytest.fixture
def page(sqlite_app):
    answer = sqlite_app.test_client().get("/api/v1/docs")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return pages.parse(answer.text)


def test_it_is_served_to_everybody_as_json(sqlite_app):
    answer = sqlite_app.test_client().get("/api/v1/openapi.json")

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["openapi"].startswith("3.1")
    assert answer.json["paths"] == specification()["paths"]


def test_every_route_is_an_operation_and_every_operation_a_route(sqlite_app):
    known = {(path, method.upper()) for path, method, _ in operations()}
    served = {
        (_path(str(route.rule))[0], route.method)
        for route in routes(sqlite_app)
        if route.of_programs and not route.endpoint.startswith("api.")
    }

    assert known == served


def test_every_reference_leads_somewhere():
    whole = specification()
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(whole))):
        found = whole
        for step in reference.split("/"):
            found = found[step]
        assert found


def test_every_operation_has_what_a_reader_needs():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for path, method, operation in operations():
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"].endswith("."), where
        assert {"400", "422", "429", "500", "503"} <= operation["responses"].keys(), where
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer == {"$ref": f"#/components/responses/{status}"}, where


def test_the_page_shows_every_operation_schema_and_problem(page):
    there = {element.get("id") for element in page.iter() if element.get("id")}

    assert {operation["operationId"] for _, _, operation in operations()} <= there
    assert {f"schema-{name}" for name in specification()["components"]["schemas"]} <= there
    assert {kind.anchor for kind in KINDS} <= there
    links = {link.get("href")[1:] for link in page.iter("a") if link.get("href").startswith("#")}
    assert links
    assert links <= there


def test_the_page_needs_no_other_origin(page):
    for element in page.iter():
        for name in ("src", "href", "action"):
            assert not re.match(r"https?:|//", element.get(name) or ""), element.get(name)
