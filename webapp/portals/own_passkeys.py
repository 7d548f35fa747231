"""Making, naming and removing one's passkeys, beside the authenticator app."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, make_response, render_template, request, url_for

from webapp.accounts import own_sessions, sessions
from webapp.accounts.errors import Invalid
from webapp.accounts.factors import passkeys, requests
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import dangerous, while_restricted
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.messaging.text import without_control_characters
from webapp.notifications import account_letters
from webapp.portals import htmx, second_step_page
from webapp.portals.passkey_place import place


def register(blueprint: Blueprint, path: str) -> None:
    """Give a portal the addresses of passkeys, below the page of the second step."""
    blueprint.add_url_rule(f"{path}/new", "new_passkey", show)
    blueprint.add_url_rule(f"{path}/begin", "begin_passkey", begin, methods=["POST"])
    blueprint.add_url_rule(path, "make_passkey", make, methods=["POST"])
    blueprint.add_url_rule(f"{path}/<int:passkey_id>/rename", "rename_passkey", rename, methods=["POST"])
    blueprint.add_url_rule(f"{path}/<int:passkey_id>/remove", "remove_passkey", remove, methods=["POST"])


@while_restricted
@dangerous
@limits.changing
def begin() -> Response:
    """Keep a challenge for the device, and lead to the page that asks it."""
    with writing():
        requests.ask(g.signed_in.token_hash)
    return htmx.go(url_for(f"{g.portal.name}.new_passkey"))


@while_restricted
def show() -> Response:
    """Ask for a name, and let the browser ask the device."""
    return _page() or htmx.go(url_for(f"{g.portal.name}.second_step"))


@while_restricted
@dangerous
@limits.changing
def make() -> Response:
    """Keep the passkey, and show recovery codes to somebody who has none yet."""
    viewer, here = current_viewer(), place()
    name = without_control_characters(request.form.get("name", ""))
    if here is None:
        abort(404)
    try:
        passkeys.checked_name(name)
        with writing():
            challenge = requests.take(g.signed_in.token_hash)
            account = sessions.account_of(viewer)
            row, codes = passkeys.make(account, here, challenge, request.form.get("answer", ""), name)
            own_sessions.lift_restriction(viewer)
            account_letters.notice(account, "A passkey was added: with it one can sign in.")
            log.note(viewer, Action.PASSKEY_ADDED, "passkey", row.id)
    except Invalid as error:
        response = _page({error.field: error.message}, name)
        return response or make_response(second_step_page.page(errors={"new-passkey": error.message}), 422)
    if codes:
        return make_response(second_step_page.page(codes=codes), 201)
    flash("The passkey is added")
    return htmx.go(url_for(f"{g.portal.name}.second_step"))


@limits.changing
def rename(passkey_id: int) -> Response:
    """Give a passkey another name."""
    name = without_control_characters(request.form.get("name", ""))
    try:
        with writing():
            there = passkeys.rename(sessions.account_of(current_viewer()), passkey_id, name)
    except Invalid as error:
        return make_response(second_step_page.page(errors={f"passkey-{passkey_id}": error.message}), 422)
    return _done(there, "The passkey has its new name")


@dangerous
@limits.changing
def remove(passkey_id: int) -> Response:
    """Forget a passkey; what the device holds is of no use any more."""
    viewer = current_viewer()
    try:
        with writing():
            account = sessions.account_of(viewer)
            there = passkeys.remove(account, passkey_id)
            if there:
                account_letters.notice(account, "A passkey was removed.")
                log.note(viewer, Action.PASSKEY_REMOVED, "passkey", passkey_id)
    except Invalid as error:
        return make_response(second_step_page.page(errors={f"passkey-{passkey_id}": error.message}), 422)
    return _done(there, "The passkey is removed")


def _done(there: bool, words: str) -> Response:
    if not there:
        abort(404)
    flash(words)
    return htmx.go(url_for(f"{g.portal.name}.second_step"))


def _page(errors: dict[str, str] | None = None, name: str = "") -> Response | None:
    """The page that asks the device; None when this browser has no challenge that holds."""
    viewer, here = current_viewer(), place()
    challenge = requests.asked(g.signed_in.token_hash)
    if here is None or challenge is None:
        return None
    page = render_template(
        "accounts/new_passkey.html",
        options=passkeys.to_make(sessions.account_of(viewer), here, challenge),
        name=name,
        errors=errors or {},
        most=passkeys.NAME_LENGTH,
        badge=queries.badge(viewer),
    )
    return make_response(page, 422 if errors else 200)
