"""One id for each request, in its answer and in everything that is logged meanwhile; in production as JSON lines."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Request, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

from webapp.config import Config

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_WORD = 20
"""Characters of a word in an address that no route has; what is longer may be the secret of a link that broke."""

_PART = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_PROCESSORS: list[Any] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
]
log = logging.getLogger("webapp.requests")


def set_up(app: Flask, config: Config) -> None:
    """Give every request its id: the one of a trusted proxy, else a new one. Log each request in production."""
    if config.is_production:
        log_as_json()

    @app.before_request
    def before() -> None:
        g.begun = time.perf_counter()
        begin(request, config)

    @app.after_request
    def after(response: Response) -> Response:
        return end(request, response, config, request.endpoint)


def begin(request: Request, config: Config) -> None:
    """Give the request its id."""
    given = request.headers.get(HEADER, "") if config.trusted_proxies else ""
    g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


def end(request: Request, response: Response, config: Config, endpoint: str | None) -> Response:
    """Tell the id in the answer, and log the request in production."""
    if "request_id" in g:
        response.headers[HEADER] = g.request_id
        if config.is_production and endpoint not in {"static", "site.health", "site.ready"}:
            log.info("%s %s", request.method, path_of(request), extra=_facts(response, endpoint))
    return response


def path_of(request: Request) -> str:
    """Return the path of a request as it may be logged: with its numbers, and without words that may be a secret.

    The link of a mail says in its path who may set a password, join a store or end mails.
    """
    if request.url_rule is None:
        words = request.path.split("/")
        return "/".join(word if len(word) <= LONGEST_WORD else "<long>" for word in words)
    found = request.view_args or {}
    return _PART.sub(
        lambda part: part[0] if _is_text(found.get(part[1])) else str(found[part[1]]), request.url_rule.rule
    )


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _facts(response: Response, endpoint: str | None) -> dict[str, object]:
    """What is known of an answered request; no text of a message, no address and no query."""
    viewer = g.get("viewer")
    return {
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.begun) * 1000, 1),
        "endpoint": endpoint,
        "viewer": f"{viewer.side.value}:{viewer.id}" if viewer else None,
    }


def log_as_json() -> None:
    """Write all logs of this process to stderr, one JSON object a line; once, however often it is called."""
    root = logging.getLogger()
    if any(getattr(handler, "is_journal", False) for handler in root.handlers):
        return
    renderers: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.is_journal = True  # type: ignore[attr-defined]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_PROCESSORS, processors=renderers))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
