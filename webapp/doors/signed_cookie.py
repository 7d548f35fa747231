"""Flask's session, a signed cookie that holds the secret of the forms: what signs it is made once.

A browser sends the same cookie with every request: one that was checked is taken for a minute without another look.
"""

from __future__ import annotations

import hmac
from copy import deepcopy
from time import monotonic
from typing import Any

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

MOST = 4096
"""Cookies and tokens that are remembered; one more, and all are forgotten."""
MINUTE = 60.0


def csrf_token() -> str:
    """Return the token of the forms, signed once for each session: it is good as long as the session's secret."""
    tokens, token = _tokens(), _known_token()
    if token is None:
        if len(tokens) >= MOST:
            tokens.clear()
        token = str(generate_csrf())  # it may also make the secret
        tokens[session["csrf_token"]] = token
    return token


def has_csrf_token() -> bool:
    """Tell whether the request carries the token that was signed here for its session; others may be right too."""
    given, known = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token"), _known_token()
    return bool(given and known) and hmac.compare_digest(str(given).encode(), str(known).encode())


def _known_token() -> str | None:
    return _tokens().get(session.get("csrf_token", ""))


def _tokens() -> dict[str, str]:
    tokens: dict[str, str] = current_app.extensions.setdefault("parley.csrf_tokens", {})
    return tokens


class SignedCookie(SecureCookieSessionInterface):
    """Keeps the serializer of the keys that are in use, and what it has checked of late."""

    def __init__(self) -> None:
        self._made: tuple[Any, URLSafeTimedSerializer | None] = (None, None)
        self._opened: dict[str, tuple[float, dict[str, Any]]] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the serializer of the application's keys."""
        keys = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        known, serializer = self._made
        if known != keys:
            serializer = super().get_signing_serializer(app)
            self._made, self._opened = (keys, serializer), {}
        return serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the request's cookie holds, nothing for one that is not ours or too old."""
        self.get_signing_serializer(app)
        cookie, now = request.cookies.get(self.get_cookie_name(app), ""), monotonic()
        until, data = self._opened.get(cookie, (0.0, {}))
        if now < until:
            return self.session_class(deepcopy(data))
        opened = super().open_session(app, request)
        if opened:
            if len(self._opened) >= MOST:
                self._opened.clear()
            self._opened[cookie] = now + MINUTE, deepcopy(dict(opened))
        return opened
