"""What the operations of the specification share: schemas, refusals, headers and ways to authenticate."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.api import examples, requests, schemas
from webapp.api.operations import operations_of
from webapp.api.problems import KINDS, MEDIA_TYPE
from webapp.api.reading import FILES
from webapp.doors.portal import PORTALS

_Mode = Literal["validation", "serialization"]
REFERENCE = "#/components/schemas/{model}"

REFUSALS = {
    400: "The body cannot be read, or the Host is not ours",
    401: "No token, or one that is not valid here",
    403: "Not allowed: the token's scope, the CSRF token, or the right",
    404: "It does not exist, or you may not see it",
    409: "Closed, a key of other content, or a session that is in another store now",
    413: "The request or a file is too large",
    415: "Another media type than the documented ones",
    416: "The file has no such part",
    422: "Fields, parameters or files that are not valid",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "The database or the storage is busy or away",
    507: "There is no room for files",
}
_WAITING = {429, 503}


def components() -> dict[str, Any]:
    """Return what the operations refer to."""
    return {
        "schemas": _schemas(),
        "responses": {str(status): _refusal(status) for status in REFUSALS},
        "headers": _headers(),
        "securitySchemes": _security_schemes(),
    }


def reference(name: str) -> dict[str, str]:
    """Return the reference to a schema."""
    return {"$ref": REFERENCE.format(model=name)}


def _refusal(status: int) -> dict[str, Any]:
    headers = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}} if status in _WAITING else {}
    if status == 401:
        headers = {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}}
    content = {MEDIA_TYPE: {"schema": reference("Problem"), "example": examples.problem(status)}}
    return {"description": REFUSALS[status], "headers": headers, "content": content}


def _security_schemes() -> dict[str, Any]:
    sessions = {
        f"{name}Session": {
            "type": "apiKey",
            "in": "cookie",
            "name": f"parley_{name}",
            "description": f"A browser that is signed in at /{name}; `__Host-parley_{name}` with https.",
        }
        for name in PORTALS
    }
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "From `auth/token`, the page Access and tokens, or `flask create-token`. "
            "Reading needs the scope `messages:read`, everything else `messages:write`.",
        },
        **sessions,
        "csrfToken": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "What the pages carry in their forms; needed for a write with a session.",
        },
    }


def _schemas() -> dict[str, Any]:
    models: list[tuple[type[BaseModel], _Mode]] = [(one, _mode(one)) for one in _models()]
    _, whole = models_json_schema(models, ref_template=REFERENCE)
    found: dict[str, Any] = whole["$defs"]
    for name in ("MessageCreate", "ConversationCreate"):
        found[f"{name}WithFiles"] = _with_files(found[name])
    found["Problem"]["properties"]["type"]["examples"] = [f"/docs#{kind.anchor}" for kind in KINDS[:2]]
    return dict(sorted(found.items()))


def _mode(model: type[BaseModel]) -> _Mode:
    return "validation" if issubclass(model, requests.Incoming) else "serialization"


def _with_files(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the same fields as a form with files; the text may be left out beside files."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "The files, in order."}
    required = [name for name in schema["required"] if name != "content"]
    return {
        **schema,
        "description": f"{schema['description']} As a form with files.",
        "properties": {**schema["properties"], FILES: files},
        "required": required,
    }


def _models() -> list[type[BaseModel]]:
    used: dict[str, type[BaseModel]] = {"Problem": schemas.Problem}
    for portal in PORTALS.values():
        for operation in operations_of(portal):
            for model in (operation.takes, operation.gives):
                if isinstance(model, type) and issubclass(model, BaseModel):
                    used[model.__name__] = model
    return list(used.values())


def _header(words: str, kind: str = "string") -> dict[str, Any]:
    return {"description": words, "schema": {"type": kind}}


def _headers() -> dict[str, Any]:
    return {
        "Location": _header("The address of what was made, or of the file."),
        "ETag": _header("Send it as If-None-Match, and get 304 while nothing changed."),
        "Retry-After": _header("Seconds to wait before the next try.", "integer"),
        "WWW-Authenticate": _header("How to authenticate (RFC 6750)."),
        "RateLimit": _header("What is left of each limit: r requests for t seconds."),
        "RateLimit-Policy": _header("The limits that count this request: q requests in w seconds."),
    }
