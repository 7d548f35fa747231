"""The security headers of every answer."""

from __future__ import annotations

from flask import Flask, Response, request

from webapp.config import Config

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
"""No view sets one of them: they are added without a look at those that are there."""

KEPT = {"static", "site.colour"}
"""What browsers may keep: it is the same for everybody."""


def set_up(app: Flask, config: Config) -> None:
    """Add the headers to whatever is answered, errors and static files too."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        return add(response, config, request.endpoint)


def add(response: Response, config: Config, endpoint: str | None) -> Response:
    """Add the headers to the answer of an endpoint."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.extend(ALWAYS)
    if config.is_secure:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    if endpoint not in KEPT:
        headers["Cache-Control"] = "no-store, private"
        if "Vary" in headers:
            response.vary.add("Cookie")
        else:
            headers["Vary"] = "Cookie"
    return response
