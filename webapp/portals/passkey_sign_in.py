"""Signing in with a passkey and nothing else: the device asks for a finger, a face or a PIN."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for

from webapp.accounts import without_password
from webapp.accounts.errors import WrongCredentials
from webapp.accounts.factors import passkeys, requests
from webapp.accounts.sessions import TOKEN_BYTES, hash_token
from webapp.database import end_reading, writing
from webapp.doors import limits
from webapp.doors.guard import public
from webapp.doors.identity import current_visit
from webapp.doors.portal import Portal, config
from webapp.portals.addresses import own_path
from webapp.portals.arriving import arrive
from webapp.portals.passkey_place import place


def register(blueprint: Blueprint) -> None:
    """Give a portal the way in without a password."""
    blueprint.add_url_rule("/login/passkey", "passkey_sign_in", show)
    blueprint.add_url_rule("/login/passkey/begin", "begin_passkey_sign_in", begin, methods=["POST"])
    blueprint.add_url_rule("/login/passkey", "finish_passkey_sign_in", finish, methods=["POST"])


@public
@limits.signing_in
def begin() -> Response:
    """Keep a challenge for this browser, and lead to the page that asks its device."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    end_reading()
    with writing():
        requests.ask(hash_token(token))
    response = _to("passkey_sign_in")
    _set_cookie(response, g.portal, token, int(requests.LASTS.total_seconds()))
    return response


@public
def show() -> Response:
    """Let the browser ask the device; somebody without a challenge begins at the sign-in page."""
    here, challenge = place(), requests.asked(_browser_hash())
    if here is None or challenge is None:
        return _to("login")
    page = render_template(
        "accounts/passkey_sign_in.html",
        options=passkeys.to_sign(None, here, challenge),
        next=own_path(g.portal, request.values.get("next")),
        store_code=_store_code(),
    )
    return make_response(page)


@public
@limits.signing_in
def finish() -> Response:
    """Check what the device signed and sign the browser in."""
    portal: Portal = g.portal
    here, code = place(), _store_code()
    if here is None:
        abort(404)
    end_reading()
    try:
        token = without_password.with_passkey(
            portal.side, _browser_hash(), here, request.form.get("answer", ""), current_visit(), code or None
        )
    except WrongCredentials:
        flash("This passkey does not sign in here. Sign in with your password.", "refused")
        response = _to("login")
    else:
        response = arrive(portal, token, code, own_path(portal, request.form.get("next")))
    _set_cookie(response, portal, "", 0)
    return response


def _to(endpoint: str) -> Response:
    wanted = own_path(g.portal, request.values.get("next"))
    path = url_for(f"{g.portal.name}.{endpoint}", next=wanted or None, store=_store_code() or None)
    return make_response(redirect(path, code=303))


def _store_code() -> str:
    code = request.values.get("store", "")
    return code[:63] if code.isprintable() else ""


def _cookie(portal: Portal) -> str:
    return f"{portal.cookie}_passkey"


def _browser_hash() -> str:
    return hash_token(request.cookies.get(_cookie(g.portal), ""))


def _set_cookie(response: Response, portal: Portal, value: str, seconds: int) -> None:
    response.set_cookie(
        _cookie(portal), value, max_age=seconds, path="/", secure=config().is_secure, httponly=True, samesite="Lax"
    )
