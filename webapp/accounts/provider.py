"""An identity provider (OpenID Connect): where a browser is sent, and whose e-mail it comes back with, proved."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

from webapp.accounts.factors.sealing import seal, unseal

if TYPE_CHECKING:  # imported by the first sign-in, for most installations know no provider
    import httpx
    from joserfc.jwk import KeySet

LASTS = 600
"""Seconds that a browser may be away at the provider."""
TIMEOUT = 5
KNOWN_FOR = 3600
"""Seconds for which what the provider says of itself is believed."""
LEEWAY = 60
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures with a key that only the provider has; never none, and never one with our own secret."""


class ProviderAway(Exception):
    """The provider does not answer, or says something about itself that cannot be used."""


class NotProved(Exception):
    """The provider proves no e-mail: refused, forged, late, answered before, or not verified. The message is ours."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What a browser takes along while it is away; sealed, so that it can neither be read nor made up."""

    side: str
    state: str
    nonce: str
    verifier: str
    next: str
    began_at: int
    confirms: str = ""
    """The hash of the session whose person shows again who they are; empty for a sign-in."""

    def sealed(self) -> str:
        """Return it as the text of a cookie."""
        return seal(json.dumps(asdict(self)))

    @staticmethod
    def opened(text: str, side: str, state: str) -> Journey:
        """Return the journey that a cookie holds; raises NotProved unless it is this portal's, this state's and new."""
        found = unseal(text)
        if not found:
            raise NotProved("the browser began no sign-in here")
        journey = Journey(**json.loads(found))
        is_this = journey.side == side and secrets.compare_digest(journey.state.encode(), state.encode())
        if not is_this or not 0 <= int(time.time()) - journey.began_at <= LASTS:
            raise NotProved("the sign-in that came back is another one, or took too long")
        return journey


@dataclass(frozen=True, slots=True)
class Proof:
    """What the provider has proved."""

    email: str
    is_new: bool
    """Whether the person signed in there on this very way, and was not signed in before it."""


class Provider:
    """One provider, known by its issuer; what it says of itself and its keys are kept for an hour."""

    def __init__(self, issuer: str, client_id: str, secret: str, name: str) -> None:
        self.issuer, self.name = issuer.rstrip("/"), name
        self._client_id, self._secret = client_id, secret
        self._said: dict[str, Any] = {}
        self._known_until = 0.0

    def begin(
        self, side: str, back_to: str, destination: str, confirms: str = "", email: str = ""
    ) -> tuple[str, Journey]:
        """Return the address at the provider and what the browser takes along; raises ProviderAway.

        The code that comes back is worth something only with the verifier (PKCE), and the token only with the nonce.
        To confirm a session of ``email``, the provider is asked to have the person sign in again.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        journey = Journey(side, state, nonce, verifier, destination, int(time.time()), confirms)
        again = {"prompt": "login", "max_age": "0", "login_hint": email} if confirms else {}
        address = prepare_grant_uri(
            self._about()["authorization_endpoint"],
            self._client_id,
            "code",
            redirect_uri=back_to,
            scope="openid email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **again,
        )
        return str(address), journey

    def prove(self, journey: Journey, back_to: str, code: str) -> Proof:
        """Exchange the code, check the token, and return what it proves; raises NotProved, ProviderAway."""
        import httpx
        from joserfc.errors import JoseError

        try:
            with httpx.Client(timeout=TIMEOUT) as client:
                tokens = self._exchange(client, journey, back_to, code)
                claims = self._claims(tokens, journey.nonce)
                said = claims.get("auth_time")
                signed_in_at = said if isinstance(said, int | float) else 0
                if "email" not in claims and "userinfo_endpoint" in self._about():
                    key = {"Authorization": f"Bearer {tokens['access_token']}"}
                    about = client.get(self._about()["userinfo_endpoint"], headers=key).raise_for_status().json()
                    claims = {**about, "sub": claims["sub"]} if about.get("sub") == claims["sub"] else claims
        except httpx.HTTPError as error:
            raise ProviderAway(str(error)) from error
        except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise NotProved(f"{type(error).__name__}: {error}"[:200]) from error
        if not isinstance(claims.get("email"), str) or claims.get("email_verified") is not True:
            raise NotProved("the provider has not verified the e-mail")
        is_new = journey.began_at - LEEWAY <= signed_in_at <= time.time() + LEEWAY
        return Proof(str(claims["email"]), is_new)

    def _exchange(self, client: httpx.Client, journey: Journey, back_to: str, code: str) -> dict[str, Any]:
        """Give the code for the tokens; raises NotProved when the provider refuses it."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to}
        form["code_verifier"] = journey.verifier
        if self._secret:
            import httpx

            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._secret))
            answer = client.post(self._about()["token_endpoint"], data=form, auth=auth)
        else:
            answer = client.post(self._about()["token_endpoint"], data={**form, "client_id": self._client_id})
        if 400 <= answer.status_code < 500:
            raise NotProved("the provider refuses the code")
        tokens: dict[str, Any] = answer.raise_for_status().json()
        return tokens

    def _claims(self, tokens: dict[str, Any], nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError

        try:
            token = jwt.decode(str(tokens["id_token"]), self._key_set(), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):  # it signs with a key that it did not have an hour ago
            self._known_until = 0
            token = jwt.decode(str(tokens["id_token"]), self._key_set(), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        expected = {"nonce": nonce, "client_id": self._client_id, "access_token": tokens.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, options, expected)
        claims.validate(leeway=LEEWAY)
        return dict(claims)

    def _key_set(self) -> KeySet:
        from joserfc.jwk import KeySet

        return KeySet.import_key_set(self._about()["keys"])

    def _about(self) -> dict[str, Any]:
        """What the provider says of itself, which has to be about itself and reached as safely as its issuer."""
        if self._known_until > time.monotonic():
            return self._said
        import httpx
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            with httpx.Client(timeout=TIMEOUT) as client:
                said: dict[str, Any] = (
                    client.get(f"{self.issuer}/.well-known/openid-configuration").raise_for_status().json()
                )
                self._refuse_what_is_not_its_own(said)
                said["keys"] = client.get(said["jwks_uri"]).raise_for_status().json()
                KeySet.import_key_set(said["keys"])
        except (httpx.HTTPError, JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise ProviderAway(f"{type(error).__name__}: {error}"[:200]) from error
        self._said, self._known_until = said, time.monotonic() + KNOWN_FOR
        return said

    def _refuse_what_is_not_its_own(self, said: dict[str, Any]) -> None:
        if str(said["issuer"]).rstrip("/") != self.issuer:
            raise ValueError(f"it calls itself {said['issuer']}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(said[name]).scheme not in {"https", urlsplit(self.issuer).scheme}:
                raise ValueError(f"its {name} is not reached by https")
