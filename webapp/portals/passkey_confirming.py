"""Showing again who one is with a passkey of one's own: the device asks for a finger, a face or a PIN."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, make_response, render_template, request, url_for

from webapp.accounts import sessions, without_password
from webapp.accounts.errors import WrongCredentials
from webapp.accounts.factors import passkeys, requests
from webapp.database import end_reading, writing
from webapp.doors import limits
from webapp.doors.guard import from_any_store, while_restricted
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.portals import htmx
from webapp.portals.addresses import own_path
from webapp.portals.passkey_place import place


def register(blueprint: Blueprint, path: str) -> None:
    """Give a portal the addresses, below the page that asks who one is."""
    blueprint.add_url_rule(f"{path}/confirm/passkey", "passkey_confirm", show)
    blueprint.add_url_rule(f"{path}/confirm/passkey/begin", "begin_passkey_confirm", begin, methods=["POST"])
    blueprint.add_url_rule(f"{path}/confirm/passkey", "finish_passkey_confirm", finish, methods=["POST"])


@while_restricted
@from_any_store
@limits.changing
def begin() -> Response:
    """Keep a challenge for this session, and lead to the page that asks its device."""
    end_reading()
    with writing():
        requests.ask(g.signed_in.token_hash)
    return _to("passkey_confirm")


@while_restricted
@from_any_store
def show() -> Response:
    """Let the browser ask the device; somebody without a challenge begins at the page before."""
    here, challenge = place(), requests.asked(g.signed_in.token_hash)
    account = sessions.account_of(current_viewer())
    if here is None or challenge is None or not passkeys.of_account(account):
        return _to("confirm")
    page = render_template(
        "accounts/passkey_confirm.html",
        options=passkeys.to_sign(account, here, challenge, alone=True),
        next=own_path(g.portal, request.args.get("next")),
        badge=queries.badge(current_viewer()),
    )
    return make_response(page)


@while_restricted
@from_any_store
@limits.signing_in
def finish() -> Response:
    """Check what the device signed and lead back to what was asked for."""
    here = place()
    if here is None:
        abort(404)
    end_reading()
    try:
        without_password.confirm_with_passkey(
            current_viewer(), g.signed_in.token_hash, here, request.form.get("answer", "")
        )
    except WrongCredentials:
        flash("This passkey does not show that it is you. Try again, or another way.", "refused")
        return _to("confirm")
    return htmx.go(own_path(g.portal, request.form.get("next")) or url_for(f"{g.portal.name}.access"))


def _to(endpoint: str) -> Response:
    return htmx.go(url_for(f"{g.portal.name}.{endpoint}", next=own_path(g.portal, request.values.get("next")) or None))
