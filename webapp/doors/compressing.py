"""Style sheets, scripts and the pages that somebody goes to travel compressed; what a page fetches does not.

The length of a compressed answer tells whether what another chose, a message or the text of a search, is like a secret
beside it (BREACH). To measure that, a browser must be made to ask again and again: from another site, or by messages
that an open page then fetches. Neither is compressed, and each page has a length of its own.
"""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from flask import Flask, Response, request

TYPES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
SMALLEST = 400
MOST_PADDING = 100
"""Bytes by which a page is longer than it must be, at random."""


def set_up(app: Flask) -> None:
    """Compress static files and pages for browsers that take it."""

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint == "static" and response.mimetype in TYPES:
            return _compress(response, _file)
        if response.mimetype == "text/html" and _somebody_goes_there():
            return _compress(response, _page)
        return response


def _somebody_goes_there() -> bool:
    """Tell whether the browser says that somebody goes to this page, from here or by its address."""
    sent = request.headers
    return sent.get("Sec-Fetch-Mode") == "navigate" and sent.get("Sec-Fetch-Site") in {"same-origin", "none"}


def _compress(response: Response, how: Callable[[bytes], bytes]) -> Response:
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"] or request.method == "HEAD":
        return response
    file, response.direct_passthrough = response.response, False
    body = response.get_data()
    if hasattr(file, "close"):
        file.close()
    if len(body) < SMALLEST:
        return response
    response.set_data(how(body))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=256)
def _file(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _page(body: bytes) -> bytes:
    """The format has room for the name of a file, which nobody reads."""
    packed = BytesIO()
    with gzip.GzipFile("x" * (1 + secrets.randbelow(MOST_PADDING)), "wb", 6, packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
