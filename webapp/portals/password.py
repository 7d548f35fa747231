"""The page on which people change their password."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, render_template, request, url_for

from webapp.accounts import sessions, sign_in
from webapp.accounts.errors import Invalid, TooManyAttempts, WrongCredentials
from webapp.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from webapp.database import end_reading, writing
from webapp.doors import identity, limits
from webapp.doors.identity import current_viewer, current_visit
from webapp.messaging import queries
from webapp.notifications import account_letters
from webapp.portals import htmx
from webapp.portals.waiting import waiting

FIELDS = ("current", "password", "again")


def register(blueprint: Blueprint, path: str) -> None:
    """Give a portal its page beside that of the sessions."""
    blueprint.add_url_rule(f"{path}/password", "password", show)
    blueprint.add_url_rule(f"{path}/password", "change_password", change, methods=["POST"])


def show() -> str:
    """Ask for the current password and a new one."""
    return _page({})


@limits.changing
def change() -> Response:
    """Change the viewer's password; every other browser and program that used it is signed out."""
    current, new, again = (request.form.get(name, "") for name in FIELDS)
    if missing := [name for name, text in zip(FIELDS, (current, new, again), strict=True) if not text]:
        return _refused(422, dict.fromkeys(missing, "Enter your password"))
    if new != again:
        return _refused(422, {"again": "The two new passwords are not the same"})
    end_reading()
    try:
        token = sign_in.change_password(current_viewer(), current, new, current_visit())
    except Invalid as error:
        return _refused(422, {error.field: error.message})
    except WrongCredentials:
        return _refused(422, {"current": "This is not your current password"})
    except TooManyAttempts as error:
        response = _refused(429, {"current": f"Too many attempts. Try again in {waiting(error.seconds)}."})
        response.headers["Retry-After"] = str(error.seconds)
        return response
    with writing():
        account_letters.notice(sessions.account_of(current_viewer()), "The password was changed.")
    flash("Password changed. You are signed out everywhere else.")
    response = htmx.go(url_for(f"{g.portal.name}.access"))
    identity.set_session_cookie(response, g.portal, token)
    return response


def _refused(status: int, errors: dict[str, str]) -> Response:
    return make_response(_page(errors), status)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "accounts/password.html",
        errors=errors,
        least=MIN_LENGTH,
        most=MAX_LENGTH,
        badge=queries.badge(current_viewer()),
    )
