"""Flask's session, a signed cookie that holds the secret of the forms: what signs it is made once."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class SignedCookie(SecureCookieSessionInterface):
    """Keeps the serializer of the keys that are in use."""

    def __init__(self) -> None:
        self._made: tuple[Any, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the serializer of the application's keys."""
        keys = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        known, serializer = self._made
        if known != keys:
            serializer = super().get_signing_serializer(app)
            self._made = (keys, serializer)
        return serializer
