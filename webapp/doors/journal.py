"""One id for each request, in its answer and in everything that is logged meanwhile; in production as JSON lines."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from werkzeug import Request

from webapp.config import Config

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
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
            log.info("%s %s", request.method, request.path, extra=_facts(response, endpoint))
    return response


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
