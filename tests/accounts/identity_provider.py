"""A real OpenID Connect provider for tests, made of Authlib's server side, that lies where a test asks it to."""

# ruff: noqa: ARG002 - what Authlib calls has its arguments

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from authlib.oidc.core.models import AuthorizationCodeMixin
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "parley", "a-secret-between-the-two"


class Client(ClientMixin):
    """Parley, as the provider knows it."""

    client_id = CLIENT

    def __init__(self, base_url: str) -> None:
        self.places = [f"{base_url}/{portal}/login/provider/back" for portal in ("admin", "store")]

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.places[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.places

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    def __init__(self, asked: Any, user: Person, signed_in_at: float | None) -> None:
        self.redirect_uri, self.scope, self.user = asked.redirect_uri, asked.scope, user
        self.signed_in_at = signed_in_at
        self.nonce = asked.data.get("nonce")
        self.code_challenge = asked.data.get("code_challenge")
        self.code_challenge_method = asked.data.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> float | None:
        return self.signed_in_at

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Person:
    """Whoever is signed in at the provider."""

    def __init__(self, email: str) -> None:
        self.email = email

    def get_user_id(self) -> str:
        return self.email


class IdentityProvider:
    """The provider: who is signed in there, and in what it lies."""

    def __init__(self, url: str) -> None:
        self.url, self.client = url, Client("http://localhost")
        self.keys = [RSAKey.generate_key(2048, {"kid": "first"}, private=True)]
        self.shown_keys: list[RSAKey] | None = None
        self.start_over()

    def start_over(self) -> None:
        """Tell the truth, about nobody yet."""
        self.email, self.claims, self.about, self.user_info = "", {}, {}, {}
        self.algorithm, self.shown_keys, self.asked = "RS256", None, []
        self.codes: dict[str, Code] = {}
        self.signed_in_at: float | None = None
        """When the person signed in here; None while they are not, so that they do at once when somebody asks."""
        self.says_when = self.asks_again = True

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.keys = [RSAKey.generate_key(2048, {"kid": f"key {time.time_ns()}"}, private=True)]

    def make_app(self) -> Flask:
        """Return the application that answers for it."""
        app, provider = Flask("identity provider"), self
        server = AuthorizationServer(app, lambda _: provider.client, lambda *_: None)

        class CodeGrant(grants.AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

            def save_authorization_code(self, code: str, asked: Any) -> None:
                provider.codes[code] = Code(
                    asked.payload, asked.user, provider.signed_in_at if provider.says_when else None
                )

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes = {text: code for text, code in provider.codes.items() if code is not authorization_code}

            def authenticate_user(self, authorization_code: Code) -> Person:
                return authorization_code.user

        class Token(OpenIDCode):
            def exists_nonce(self, nonce: str, asked: Any) -> bool:
                return False

            def get_client_algorithm(self, client: Client) -> str:
                return provider.algorithm

            def get_compatible_claims(self, asked: Any) -> dict:
                claims = super().get_compatible_claims(asked)
                claims.pop("auth_time", None)  # the code knows when, not the moment of the exchange
                return claims

            def get_client_claims(self, client: Client) -> dict:
                return {"iss": provider.url}

            def resolve_client_private_key(self, client: Client) -> Any:
                return provider.keys[0] if provider.algorithm != "HS256" else SECRET

            def get_encode_header(self, client: Client) -> dict:
                return {"alg": provider.algorithm, "kid": provider.keys[0].kid}

            def generate_user_info(self, user: Person, scope: str) -> dict:
                claims = {"sub": user.email, "email": user.email, "email_verified": True, **provider.claims}
                return {name: value for name, value in claims.items() if value is not None}

        server.register_grant(CodeGrant, [Token(require_nonce=True), CodeChallenge(required=True)])

        @app.get("/.well-known/openid-configuration")
        def about() -> Response:
            said = {
                "issuer": provider.url,
                "authorization_endpoint": f"{provider.url}/authorize",
                "token_endpoint": f"{provider.url}/token",
                "jwks_uri": f"{provider.url}/keys",
                "userinfo_endpoint": f"{provider.url}/userinfo",
            }
            return jsonify({**said, **provider.about})

        @app.get("/keys")
        def keys() -> Response:
            return jsonify(KeySet(provider.shown_keys or provider.keys).as_dict(private=False))

        @app.get("/authorize")
        def authorize() -> Response:
            provider.asked.append(dict(request.args))
            is_asked_again = provider.asks_again and request.args.get("prompt") == "login"
            if provider.signed_in_at is None or is_asked_again:
                provider.signed_in_at = int(time.time())
            grant = server.get_consent_grant(end_user=Person(provider.email))
            return server.create_authorization_response(grant=grant, grant_user=Person(provider.email))

        @app.get("/userinfo")
        def userinfo() -> Response:
            return jsonify({"sub": provider.email, **provider.user_info})

        @app.post("/token")
        def token() -> Response:
            return server.create_token_response()

        return app


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """Run a provider on a port of its own."""
    server = make_server("127.0.0.1", 0, Flask("to be made"), threaded=True)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    server.app = provider.make_app().wsgi_app
    thread = threading.Thread(target=server.serve_forever, name="identity provider")
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
