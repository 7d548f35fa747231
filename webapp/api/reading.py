"""What a request carries, checked against its schema: 400 for what cannot be read, 415 for another kind, else 422."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import request
from pydantic import BaseModel, ValidationError

from webapp.api.problems import Refused, invalid, invalid_fields
from webapp.api.requests import Asked, Incoming, NoQuery
from webapp.attachments.files import Upload
from webapp.doors.uploads import received

_In = TypeVar("_In", bound=Incoming)
_Query = TypeVar("_Query", bound=Asked)
_Model = TypeVar("_Model", bound=BaseModel)
_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
KEY_PATTERN = f"^{_KEY.pattern}$"
FILES = "files"


def query(schema: type[_Query]) -> _Query:
    """Return the parameters of the address; one that is unknown or given twice is refused."""
    try:
        unquote_to_bytes(request.query_string).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "The address is not valid UTF-8.") from error
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise invalid(twice[0], "repeated", "Give it once")
    return _checked(schema, request.args.to_dict())


def body(schema: type[_In], *, optional: bool = False) -> _In:
    """Return the JSON of the request; with ``optional`` a request without a body stands for an empty object."""
    query(NoQuery)
    _refuse_other_codings()
    data = request.get_data(cache=False)
    if request.content_length is None:
        request.stream.read(1)  # raises 413 where the limit has cut a body in chunks
    if not data and optional:
        return _checked(schema, {})
    if request.mimetype != "application/json":
        raise Refused(415, "Send application/json.")
    return _checked(schema, _parsed(data))


def message(schema: type[_In], structured: Iterable[str] = ()) -> tuple[_In, list[Upload]]:
    """Return a message as JSON, or as multipart with its files; ``structured`` fields are JSON within the form.

    A message may be files only, so its text may be left out beside them.
    """
    if request.mimetype != "multipart/form-data":
        return body(schema), []
    query(NoQuery)
    _refuse_other_codings()
    fields: dict[str, Any] = {}
    for name, values in request.form.lists():
        if len(values) > 1:
            raise invalid(name[:100], "repeated", "Give it once")
        fields[name] = _structure(name, values[0]) if name in structured else values[0]
    for name in request.files:
        if name != FILES:
            raise invalid(name[:100], "unknown_field", f"Send files as {FILES}")
    uploads = received(FILES)
    if uploads:
        fields.setdefault("content", "")
    return _checked(schema, fields), uploads


def idempotency_key() -> str | None:
    """Return the request's key, a UUID; None when there is none."""
    keys = request.headers.getlist("Idempotency-Key")
    if not keys:
        return None
    key = keys[0].strip().strip('"')
    if len(keys) > 1 or not _KEY.fullmatch(key):
        raise invalid("Idempotency-Key", "invalid", "The key must be one UUID")
    return key


def _refuse_other_codings() -> None:
    """Refuse a body that is compressed, or that says it is not UTF-8: it would be read as what it is not."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(415, "Send the body without a Content-Encoding.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise Refused(415, "Send the body in UTF-8.")


def _checked(schema: type[_Model], found: object) -> _Model:
    try:
        return schema.model_validate(found)
    except ValidationError as error:
        raise invalid_fields(error) from error


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not valid JSON in UTF-8.") from error


def _structure(name: str, text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise invalid(name, "json", "This field must be JSON") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that names a field twice: two programs would read it differently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field is given twice")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
