"""The page of the second step: the authenticator app, the passkeys, the recovery codes."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, request, url_for

from webapp.accounts import own_sessions, sessions
from webapp.accounts.errors import Invalid
from webapp.accounts.factors import second
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import dangerous, while_restricted
from webapp.doors.identity import current_viewer
from webapp.notifications import account_letters
from webapp.portals import htmx, own_passkeys, second_step_page


def register(blueprint: Blueprint, path: str) -> None:
    """Give a portal the page beside that of the sessions."""
    page = f"{path}/second-step"
    blueprint.add_url_rule(page, "second_step", show)
    blueprint.add_url_rule(f"{page}/begin", "begin_second_step", begin, methods=["POST"])
    blueprint.add_url_rule(f"{page}/confirm", "confirm_second_step", confirm, methods=["POST"])
    blueprint.add_url_rule(f"{page}/codes", "renew_recovery_codes", renew, methods=["POST"])
    blueprint.add_url_rule(f"{page}/off", "end_second_step", switch_off, methods=["POST"])
    own_passkeys.register(blueprint, f"{page}/passkeys")


@while_restricted
def show() -> str:
    """Show what second steps there are, or the secret that is being set up."""
    return second_step_page.page()


@while_restricted
@dangerous
@limits.changing
def begin() -> Response:
    """Make a secret for the app; it counts once a code of it was typed."""
    with writing():
        account = sessions.account_of(current_viewer())
        if not second.has_app(account):
            second.begin(account)
    return htmx.go(url_for(f"{g.portal.name}.second_step"))


@while_restricted
@dangerous
@limits.changing
def confirm() -> Response:
    """Switch the second step on, and show the recovery codes, this once and in this answer only."""
    viewer = current_viewer()
    try:
        with writing():
            account = sessions.account_of(viewer)
            codes = second.confirm(account, request.form.get("code", "")[:64])
            account_letters.notice(account, "An authenticator app was set up as a second step.")
            own_sessions.lift_restriction(viewer)
            log.note(viewer, Action.SECOND_STEP_ON, "user" if not viewer.is_customer else "customer", viewer.id)
    except Invalid as error:
        return make_response(second_step_page.page(errors={error.field: error.message}), 422)
    return make_response(second_step_page.page(codes=codes), 201)


@dangerous
@limits.changing
def renew() -> Response:
    """Replace the recovery codes and show the new ones."""
    viewer = current_viewer()
    with writing():
        account = sessions.account_of(viewer)
        is_on = second.is_on(account)
        codes = second.new_recovery_codes(account) if is_on else []
        if is_on:
            account_letters.notice(account, "New recovery codes were made; the former ones are void.")
            log.note(viewer, Action.RECOVERY_CODES_MADE, "user" if not viewer.is_customer else "customer", viewer.id)
    return (
        make_response(second_step_page.page(codes=codes), 201)
        if codes
        else htmx.go(url_for(f"{g.portal.name}.second_step"))
    )


@dangerous
@limits.changing
def switch_off() -> Response:
    """End the app, unless the platform demands a second step and there is no other."""
    viewer = current_viewer()
    with writing():
        account = sessions.account_of(viewer)
        may = second.may_lose_one(account)
        if may and second.remove_app(account):
            account_letters.notice(account, "The authenticator app was taken away from your second step.")
            log.note(viewer, Action.SECOND_STEP_OFF, "user" if not viewer.is_customer else "customer", viewer.id)
    flash("The app is off" if may else "The platform demands a second step of you: it stays on")
    return htmx.go(url_for(f"{g.portal.name}.second_step"))
