"""The specification: OpenAPI 3.1, written from the table of operations and the schemas."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from webapp.api import examples, schemas
from webapp.api.components import REFERENCE, components, reference
from webapp.api.operations import FILE, IMAGE, Operation, operations_of
from webapp.api.reading import KEY_PATTERN
from webapp.doors.portal import API, PORTALS, Portal
from webapp.messaging.access import LARGEST_KEY

VERSION = "1.0.0"
_CLAUSE = re.compile(r"[:,;.]")
_VARIABLE = re.compile(r"<(int|uuid):(\w+)>")
_TITLES = {"admin": "Admin", "store": "Store", "storefront": "Storefront"}


def specification(base_url: str) -> dict[str, Any]:
    """Return the whole specification, for the server at this address."""
    return {**_specification(), "servers": [{"url": base_url}]}


@cache
def _specification() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for portal in PORTALS.values():
        for operation in operations_of(portal):
            path, variables = _path(f"{API}{portal.prefix}{operation.path}")
            item = paths.setdefault(path, {"parameters": variables} if variables else {})
            item[operation.method.lower()] = _operation(portal, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": VERSION,
            "summary": "Messaging for marketplaces: the platform, its stores and their customers.",
            "description": (
                "Three portals with the same operations: programs of the platform use `admin`, those of a store "
                "`store`, those of a customer `storefront`. A token belongs to one of them."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": _TITLES[name], "description": portal.title} for name, portal in PORTALS.items()],
        "paths": paths,
        "components": components(),
    }


def _operation(portal: Portal, operation: Operation) -> dict[str, Any]:
    words = (operation.view.__doc__ or "").strip()
    described: dict[str, Any] = {
        "operationId": f"{portal.name}_{operation.name}",
        "summary": _CLAUSE.split(words)[0],
        "description": words,
        "tags": [_TITLES[portal.name]],
        "security": _security(portal, operation),
        "responses": _answers(operation),
    }
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.takes:
        described["requestBody"] = _body(operation, operation.takes.__name__)
    return described


def _path(rule: str) -> tuple[str, list[dict[str, Any]]]:
    kinds: dict[str, dict[str, Any]] = {
        "int": {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
        "uuid": {"type": "string", "format": "uuid"},
    }
    variables = [
        {"name": name, "in": "path", "required": True, "schema": kinds[kind]} for kind, name in _VARIABLE.findall(rule)
    ]
    return _VARIABLE.sub(r"{\2}", rule), variables


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema(ref_template=REFERENCE)
    definitions = schema.get("$defs", {})
    parameters = []
    for name, described in schema.get("properties", {}).items():
        plain = _without_null(described, definitions)
        words = plain.pop("description", None)
        parameter = {"name": name, "in": "query", "schema": plain, **({"description": words} if words else {})}
        parameters.append(parameter)
    if operation.conflicts:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "A UUID of your own: sent again with the same content, it gets the first answer.",
                "schema": {"type": "string", "format": "uuid", "pattern": KEY_PATTERN},
            }
        )
    return parameters


def _without_null(described: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: one that may be left out is never null."""
    kept = {name: value for name, value in described.items() if name not in {"anyOf", "default", "title"}}
    for one in described.get("anyOf", []):
        if one.get("type") != "null":
            kept |= one
    if reference := kept.pop("$ref", None):
        kept |= {name: value for name, value in definitions[reference.rpartition("/")[2]].items() if name != "title"}
        kept["description"] = described.get("description", "")
    if described.get("default") is not None and described["default"] != "":
        kept["default"] = described["default"]
    return kept


def _body(operation: Operation, name: str) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": reference(name)}}
    if name in examples.OF:
        content["application/json"]["example"] = examples.OF[name]
    if operation.takes_files:
        content["multipart/form-data"] = {
            "schema": reference(f"{name}WithFiles"),
            "encoding": {"recipient": {"contentType": "application/json"}} if "Conversation" in name else {},
        }
    return {"required": not operation.may_be_empty, "content": content}


def _answers(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {str(status): _answer(operation, status) for status in operation.statuses}
    for status in _refusals_of(operation):
        answers[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return answers


def _refusals_of(operation: Operation) -> list[int]:
    refusals = {400, 401, 422, 429, 500, 503}
    if not operation.is_public:
        refusals |= {403, 409}
    if "<" in operation.path:
        refusals.add(404)
    if operation.writes:
        refusals |= {413, 415}
    if operation.takes_files:
        refusals.add(507)
    if operation.gives == FILE:
        refusals.add(416)
    return sorted(refusals)


def _answer(operation: Operation, status: int) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not operation.is_public:
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}
    words = {
        200: "As it is now" if 201 in operation.statuses else "Success",
        201: "Made",
        204: "Ended",
        206: "The part of the file that was asked for",
        302: "The file is at another address, for a minute; follow it at once and without the token",
        304: "It is still the same",
    }
    described: dict[str, Any] = {"description": words[status], "headers": headers}
    if status == 302 or (status == 201 and operation.gives is schemas.ConversationDetailResponse):
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    if operation.gives is schemas.UnreadCountResponse:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if status in {204, 302, 304} or operation.gives is None:
        return described
    if isinstance(operation.gives, str):
        described["content"] = {_any_file(operation.gives): {"schema": {"type": "string", "format": "binary"}}}
    else:
        name = operation.gives.__name__
        described["content"] = {"application/json": {"schema": reference(name)}}
        if name in examples.OF:
            described["content"]["application/json"]["example"] = examples.OF[name]
    return described


def _any_file(media_type: str) -> str:
    """A download has the media type of its file."""
    return IMAGE if media_type == IMAGE else "*/*"


def _security(portal: Portal, operation: Operation) -> list[dict[str, list[str]]]:
    if operation.is_public:
        return []
    session: dict[str, list[str]] = {f"{portal.name}Session": []}
    if operation.writes:
        session["csrfToken"] = []
    return [{"token": []}, session]
