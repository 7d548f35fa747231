"""Showing again who one is, before something dangerous: by password, passkey or identity provider."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from webapp.accounts import own_sessions, sessions, sign_in
from webapp.accounts.errors import TooManyAttempts, WrongCredentials
from webapp.accounts.factors import passkeys
from webapp.accounts.models import Side
from webapp.accounts.passwords import MAX_LENGTH, UNUSABLE
from webapp.database import end_reading, writing
from webapp.doors import limits
from webapp.doors.guard import from_any_store, while_restricted
from webapp.doors.identity import current_viewer, current_visit
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.portals import htmx, passkey_confirming, provider_sign_in
from webapp.portals.addresses import own_path
from webapp.portals.passkey_place import place
from webapp.portals.waiting import waiting


def register(blueprint: Blueprint, portal: Portal, path: str) -> None:
    """Give a portal the page that asks again who one is."""
    blueprint.add_url_rule(f"{path}/confirm", "confirm", show)
    blueprint.add_url_rule(f"{path}/confirm", "confirm_password", confirm, methods=["POST"])
    passkey_confirming.register(blueprint, path)
    if portal.side is not Side.CUSTOMER:
        provider_sign_in.register_confirming(blueprint, path)


@while_restricted
@from_any_store
def show() -> str:
    """Offer the ways that the person has."""
    return _page({})


@while_restricted
@from_any_store
@limits.changing
def confirm() -> Response:
    """Check the password and lead back to what was asked for."""
    password = request.form.get("password", "")
    if not password:
        return make_response(_page({"password": "Enter your password"}), 422)
    end_reading()
    try:
        sign_in.confirm(current_viewer(), password, current_visit())
    except WrongCredentials:
        return make_response(_page({"password": "This is not your password"}), 422)
    except TooManyAttempts as error:
        words = f"Too many attempts. Try again in {waiting(error.seconds)}."
        response = make_response(_page({"password": words}), 429)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    with writing():
        own_sessions.confirm(g.signed_in.token_hash)
    return htmx.go(own_path(g.portal, request.form.get("next")) or url_for(f"{g.portal.name}.access"))


def _page(errors: dict[str, str]) -> str:
    viewer = current_viewer()
    account = sessions.account_of(viewer)
    return render_template(
        "accounts/confirm.html",
        errors=errors,
        most=MAX_LENGTH,
        next=own_path(g.portal, request.values.get("next")),
        has_password=account.password_hash not in {None, UNUSABLE},
        has_passkey=place() is not None and bool(passkeys.of_account(account)),
        provider=None if viewer.is_customer else provider_sign_in.provider(),
        badge=queries.badge(viewer),
    )
