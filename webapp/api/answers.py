"""How the API answers: JSON, and on every answer how much of its limits a program has left."""

from __future__ import annotations

import logging
import time

from flask import Response
from pydantic import BaseModel

from webapp.extensions import limiter

log = logging.getLogger(__name__)


def answer(shown: BaseModel, *, created: bool = False, location: str | None = None) -> Response:
    """Answer with what a schema describes: 201 when the request made it, else 200."""
    headers = {"Location": location} if created and location else {}
    status = 201 if created else 200
    return Response(shown.model_dump_json(), status=status, content_type="application/json", headers=headers)


def add_limits(response: Response) -> Response:
    """Say which limits the request counted for and what is left of them (draft-ietf-httpapi-ratelimit-headers-10)."""
    response.vary.add("Authorization")
    moment, policies, left = time.time(), [], []
    try:
        for limit in limiter.current_limits:
            name = limit.request_args[-1]
            policies.append(f'"{name}";q={limit.limit.amount};w={limit.limit.get_expiry()}')
            left.append(f'"{name}";r={max(0, limit.remaining)};t={max(0, int(limit.reset_at - moment) + 1)}')
    except limiter.storage.base_exceptions as error:  # the answer is made already, and right without these headers
        log.warning("the counters of the limits went away: %s", type(error).__name__)
        return response
    if policies:
        response.headers["RateLimit-Policy"] = ", ".join(policies)
        response.headers["RateLimit"] = ", ".join(left)
    return response
