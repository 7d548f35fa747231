"""Problem details (RFC 9457): every refusal and failure under /api, with nothing internal in it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, g, make_response, request
from flask_limiter import RateLimitExceeded
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from webapp.accounts.errors import SecondStepNeeded, TooManyAttempts, WrongCredentials
from webapp.api.schemas import FieldError, Problem
from webapp.attachments.errors import AttachmentError, FilesRefused, StorageUnavailable
from webapp.database import end_reading
from webapp.doors import journal, limits
from webapp.doors.cursors import InvalidCursor
from webapp.doors.guard import StoreSwitched
from webapp.doors.portal import API, config
from webapp.doors.refusals import DATABASE_AWAY, RETRY_SECONDS, STORAGE_RETRY_SECONDS, note_refusal, status_of
from webapp.messaging.errors import ConversationClosed, Invalid, KeyReused, MessagingError

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS, FIELD_LENGTH = 20, 100
log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """A problem that says more than its status: the anchor of its type, its title, and what to do about it."""

    anchor: str
    title: str
    advice: str


CLOSED = Kind(
    "conversation-closed",
    "The conversation is closed",
    "Nobody can write to it. Reopen it first, if you may, and send again with the same key.",
)
KEY_REUSED = Kind(
    "key-reused",
    "The key stands for another content",
    "This Idempotency-Key was sent before with other content. Make a new key for what is new.",
)
STORE_SWITCHED = Kind(
    "store-switched",
    "The session is in another store now",
    "The browser's session was switched to another store. Reload the page, or use a token: it stays in its store.",
)
NO_TOKEN = Kind("token-required", "A token is required", "Send Authorization: Bearer and a token of this portal.")
BAD_TOKEN = Kind(
    "invalid-token",
    "The token is not valid here",
    "It is unknown, ended or revoked, of another portal, or its person or store is no longer active. Get a new one.",
)
NO_SCOPE = Kind(
    "insufficient-scope",
    "The token may not be used for this",
    "Reading needs the scope messages:read, everything else messages:write. Make a token with the scope.",
)
BAD_CSRF = Kind(
    "csrf",
    "A session needs the CSRF token",
    "A write with the browser's session carries the token of its pages as X-CSRF-Token. Programs use a token instead.",
)
INVALID = Kind(
    "invalid-fields",
    "Some fields are not valid",
    "errors names each field or parameter with a code for programs and words for people. Unknown fields are refused.",
)
FILES = Kind(
    "files-refused",
    "Some files cannot be sent",
    "errors names each file by its place, such as files[0], with a code such as too_large, type_not_allowed, "
    "content_mismatch, macros or empty_file. Nothing was sent: leave the file out or replace it, and send again.",
)
KINDS = (CLOSED, KEY_REUSED, STORE_SWITCHED, NO_TOKEN, BAD_TOKEN, NO_SCOPE, BAD_CSRF, INVALID, FILES)

_WORDS = {
    400: "The request cannot be understood.",
    403: "You are not allowed to do this.",
    404: "It does not exist, or you may not see it.",
    405: "This address does not answer this method.",
    413: "The request is too large.",
    416: "The file has no such part.",
    500: "Something went wrong here. Try again later.",
    503: "The service is busy. Nothing was changed. Try again in a few seconds.",
}
_KEPT_HEADERS = {"Allow", "Content-Range", "Retry-After"}
_PLAIN_CODES = {"extra_forbidden": "unknown_field", "missing": "required"}
_PLAIN_WORDS = {"extra_forbidden": "There is no such field", "missing": "This field is required"}


class Refused(Exception):
    """A refusal of this door itself, with everything that its answer says."""

    def __init__(
        self,
        status: int,
        detail: str,
        kind: Kind | None = None,
        headers: dict[str, str] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind
        self.headers, self.errors = headers or {}, errors


def invalid(field: str, code: str, message: str) -> Refused:
    """Return the refusal of one field."""
    return _invalid([FieldError(field=field, code=code, message=message)])


def invalid_fields(error: ValidationError) -> Refused:
    """Return the refusal of what a schema refused; the values that were sent are never repeated."""
    found = [
        FieldError(
            field=".".join(map(str, one["loc"]))[:FIELD_LENGTH],
            code=_PLAIN_CODES.get(one["type"], one["type"]),
            message=_PLAIN_WORDS.get(one["type"], one["msg"]),
        )
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return _invalid(found[:MOST_ERRORS])


def answer(error: Exception) -> Response:
    """Answer whatever was raised while a request under /api was served."""
    end_reading()
    match error:
        case Refused():
            return _problem(error.status, error.detail, error.kind, error.headers, error.errors)
        case MessagingError() | AttachmentError():
            return _domain(error)
        case InvalidCursor():
            refused = invalid("cursor", "invalid", "This cursor is not of this list with these filters")
            return _problem(422, refused.detail, INVALID, errors=refused.errors)
        case RateLimitExceeded():
            seconds = limits.seconds_to_wait()
            return _slow_down(f"Too many requests. Try again in {seconds} seconds.", seconds)
        case WrongCredentials():
            return _problem(401, "The e-mail or the password is not right.", headers={"WWW-Authenticate": "Bearer"})
        case SecondStepNeeded():
            return _problem(403, "This account signs in with a second step: make a token on its account page.")
        case TooManyAttempts():
            return _slow_down(f"Too many attempts. Try again in {error.seconds} seconds.", error.seconds)
        case StoreSwitched():
            return _problem(409, "This session is in another store now. Nothing was changed.", STORE_SWITCHED)
        case HTTPException(code=int(status)) if status < 400:
            return make_response(error.get_response())
        case HTTPException():
            status = error.code or 500
            headers = {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
            return _problem(status, _words(status), headers=headers)
    if isinstance(error, DATABASE_AWAY):
        log.warning("the database did not answer: %s", type(error).__name__)
        return _problem(503, _words(503), headers={"Retry-After": str(RETRY_SECONDS)})
    log.error("unhandled error at %s %s", request.method, journal.path_of(request), exc_info=error)
    return _problem(500, _words(500))


def _domain(error: MessagingError | AttachmentError) -> Response:
    status = status_of(error)
    match error:
        case Invalid():
            field = "Idempotency-Key" if error.field == "client_key" else error.field
            refused = invalid(field, error.code, error.message)
            return _problem(422, refused.detail, INVALID, errors=refused.errors)
        case FilesRefused():
            errors = [
                FieldError(
                    field=f"files[{file.index}]", code=file.why.code, message=f"{file.filename}: {file.why.message}"
                )
                for file in error.files
            ]
            return _problem(status, error.message, FILES, errors=errors)
        case ConversationClosed():
            return _problem(status, "This conversation is closed. Nothing was sent.", CLOSED)
        case KeyReused():
            return _problem(status, "This Idempotency-Key was used before with other content.", KEY_REUSED)
        case StorageUnavailable():
            return _problem(status, error.message, headers={"Retry-After": str(STORAGE_RETRY_SECONDS)})
    return _problem(status, _words(404) if status == 404 else error.message)


def _invalid(errors: Sequence[FieldError]) -> Refused:
    names = ", ".join(dict.fromkeys(error.field or "the body" for error in errors))
    return Refused(422, f"Not valid: {names[:FIELD_LENGTH]}.", INVALID, errors=errors)


def _slow_down(detail: str, seconds: int) -> Response:
    return _problem(429, detail, headers={"Retry-After": str(seconds)})


def _words(status: int) -> str:
    return _WORDS.get(status) or HTTPStatus(status).phrase + "."


def _problem(
    status: int,
    detail: str,
    kind: Kind | None = None,
    headers: dict[str, str] | None = None,
    errors: Sequence[FieldError] = (),
) -> Response:
    if kind is not BAD_CSRF:  # then nobody knows that it was this person
        note_refusal(status)
    problem = Problem(
        type=f"{config().base_url}{API}/docs#{kind.anchor}" if kind else "about:blank",
        title=kind.title if kind else HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=quote(request.path, safe="/:@!$&'()*+,;=~-._"),
        errors=list(errors) or None,
    )
    g.is_problem = True
    return Response(
        problem.model_dump_json(exclude_none=True), status=status, content_type=MEDIA_TYPE, headers=headers or {}
    )
