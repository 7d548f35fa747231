"""Signing a program in with a password, and out again; long-lived tokens come from the account pages."""

from __future__ import annotations

from flask import Response, g

from webapp.accounts import sign_in, tokens
from webapp.accounts.errors import StoreNeeded
from webapp.accounts.models import Side
from webapp.api import reading, requests, schemas
from webapp.api.answers import answer
from webapp.api.problems import Refused, invalid
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import public
from webapp.doors.identity import current_visit
from webapp.doors.portal import Portal

CREDENTIALS: dict[Side, type[requests.AdminCredentials]] = {
    Side.ADMIN: requests.AdminCredentials,
    Side.STORE: requests.StoreCredentials,
    Side.CUSTOMER: requests.CustomerCredentials,
}


@public
@limits.signing_in
def create_token() -> Response:
    """Exchange e-mail and password for a token that lasts 12 hours."""
    portal: Portal = g.portal
    given = reading.body(CREDENTIALS[portal.side])
    store = getattr(given, "store", None)
    try:
        token, until = sign_in.sign_in_program(portal.side, given.email, given.password, current_visit(), store)
    except StoreNeeded as error:
        raise invalid("store", "required", "You work for several stores: say in which one") from error
    return answer(schemas.TokenResponse(access_token=token, expires_at=until), created=True)


@limits.changing
def revoke_token() -> Response:
    """End the token of this request."""
    reading.body(requests.Nothing, optional=True)
    if g.token is None:
        raise Refused(403, "Only a token can end itself. Sign out to end a session.")
    with writing():
        tokens.revoke(g.viewer, g.token.token_id)
    return Response(status=204)
