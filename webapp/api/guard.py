"""The guard of the API: whose token or session is it, what may it be used for, is the request small enough."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, g, request
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from webapp.accounts import sessions, tokens
from webapp.accounts.models import Scope
from webapp.accounts.sessions import SignedIn
from webapp.accounts.tokens import TokenHolder
from webapp.api.problems import BAD_CSRF, BAD_TOKEN, NO_SCOPE, NO_TOKEN, Refused
from webapp.audit import log
from webapp.database import end_reading, writing
from webapp.doors import limits, uploads
from webapp.doors.guard import SAFE_METHODS, act_as, is_public, is_quiet, refuse_left_store
from webapp.doors.identity import current_visit, signed_in, still_signed_in
from webapp.doors.portal import Portal


def guard(portal: Portal) -> None:
    """Check a request before its view: token or session, scope, size, CSRF, in this order.

    An Authorization header decides alone: with a token that is not valid here, a session beside it is not looked at.
    Rights are those of when the body had come.
    """
    g.portal = portal
    g.viewer = g.signed_in = g.token = None
    log.come_from(current_visit().address)
    view = current_app.view_functions.get(request.endpoint or "")
    if is_public(view):
        return
    writes = request.method not in SAFE_METHODS
    is_due = _identify(portal, signed_in, writes=writes)
    if getattr(view, "takes_files", False):
        uploads.allow_files(request)
    if writes:
        end_reading()  # a body may be long in coming, and no transaction should wait for it
        if not uploads.is_whole():
            request.get_data(parse_form_data=True)
            is_due = _identify(portal, still_signed_in, writes=True)
            end_reading()
    if is_due and not is_quiet(view):
        with writing():
            if g.token:
                tokens.touch(g.token.token_id)
            else:
                sessions.touch(g.signed_in.token_hash)
    act_as(g.viewer)


def _identify(portal: Portal, find_session: Callable[[], SignedIn | None], *, writes: bool) -> bool:
    """Note whose token or session it is, and return whether it is time to note that they were here."""
    if "Authorization" in request.headers:
        held = _held(portal)
        g.token, g.viewer = held, held.viewer
        _require_scope(held, Scope.WRITE if writes else Scope.READ)
        return held.is_due
    found = find_session()
    if found is None:
        raise Refused(401, "Send a token as Authorization: Bearer.", NO_TOKEN, {"WWW-Authenticate": "Bearer"})
    g.signed_in, g.viewer = found, found.viewer
    if found.is_restricted:
        raise Refused(403, "Set up the second step of your sign-in first, on the account page.")
    if writes:
        _require_csrf_token()
    refuse_left_store(found, request.headers.get("X-Parley-Store"))
    return found.is_due


def _held(portal: Portal) -> TokenHolder:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    held = tokens.find(portal.side, token.strip()) if scheme.lower() == "bearer" else None
    if held is None:
        limits.count_bad_token()
        header = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise Refused(401, "The token is unknown, has ended, or belongs to another portal.", BAD_TOKEN, header)
    return held


def _require_scope(held: TokenHolder, scope: Scope) -> None:
    if scope not in held.scopes:
        header = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope.value}"'}
        raise Refused(403, f"This needs a token with the scope {scope.value}.", NO_SCOPE, header)


def _require_csrf_token() -> None:
    try:
        validate_csrf(request.headers.get("X-CSRF-Token", ""))
    except ValidationError as error:
        raise Refused(403, "A write with a session needs the header X-CSRF-Token.", BAD_CSRF) from error
