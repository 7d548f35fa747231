"""What people do with links from their mail, without signing in: set a new password, accept an invitation."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for

from webapp.accounts import common_passwords, links
from webapp.accounts.errors import Invalid
from webapp.accounts.models import Customer, Side
from webapp.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from webapp.accounts.service import AccountService
from webapp.database import end_reading, writing
from webapp.doors import limits
from webapp.doors.guard import public
from webapp.doors.portal import Portal
from webapp.messaging import team
from webapp.messaging.text import without_control_characters
from webapp.notifications import account_letters


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal the pages behind links in mails; customers are not invited."""
    blueprint.add_url_rule("/forgot", "forgot", forgot)
    blueprint.add_url_rule("/forgot", "ask_for_reset", ask_for_reset, methods=["POST"])
    blueprint.add_url_rule("/reset/<token>", "reset", reset)
    blueprint.add_url_rule("/reset/<token>", "set_password", set_password, methods=["POST"])
    if portal.side is not Side.CUSTOMER:
        blueprint.add_url_rule("/join/<token>", "join", join)
        blueprint.add_url_rule("/join/<token>", "accept_invitation", accept, methods=["POST"])


@public
def forgot() -> str:
    """Ask whose password is to be set anew."""
    return _forgot_page()


@public
@limits.by_mail
def ask_for_reset() -> Response:
    """Send a link to the account, if there is one; the answer is the same for everybody."""
    portal: Portal = g.portal
    email = without_control_characters(request.form.get("email", ""))[:254]
    if not email.strip():
        return make_response(_forgot_page({"email": "Enter your email address"}), 422)
    code = _store_code()
    end_reading()
    with writing():
        if found := links.ask_for_reset(portal.side, email, code):
            account, token = found
            address = url_for(f"{portal.name}.reset", token=token)
            account_letters.write(
                "password_reset",
                "Set a new password",
                account.email,
                account.name,
                name=account.name,
                store=_store_name(code) if isinstance(account, Customer) else "",
                address=account_letters.address_of(address),
            )
    return make_response(_forgot_page(sent=email))


@public
def reset(token: str) -> Response:
    """Ask for the new password, if the link is still good."""
    return _reset_page(token)


@public
@limits.by_mail
def set_password(token: str) -> Response:
    """Set the new password and lead to the sign-in page."""
    portal: Portal = g.portal
    new, again = request.form.get("password", ""), request.form.get("again", "")
    if new != again:
        return _reset_page(token, {"again": "The two new passwords are not the same"})
    end_reading()
    common_passwords.read_lists()
    try:
        with writing():
            account = links.reset(portal.side, token, new)
            if account:
                account_letters.notice(account, "A new password was set with a link from a mail.")
    except Invalid as error:
        return _reset_page(token, {error.field: error.message})
    if account is None:
        return _reset_page(token)
    store = AccountService().store_of(account) if isinstance(account, Customer) else None
    return _to_sign_in("Your new password holds. Sign in with it.", store.code if store else None)


@public
def join(token: str) -> Response:
    """Show what the invitation is for."""
    return _join_page(token)


@public
@limits.by_mail
def accept(token: str) -> Response:
    """Accept the invitation and lead to the sign-in page."""
    form = request.form
    name, password = without_control_characters(form.get("name", "")), form.get("password", "")
    end_reading()
    common_passwords.read_lists()
    try:
        with writing():
            user = links.accept(g.portal.side, token, name, password)
            if user:
                team.joined(user)
    except Invalid as error:
        return _join_page(token, {error.field: error.message}, name)
    if user is None:
        return _join_page(token)
    return _to_sign_in("Welcome. Sign in to begin.", None)


def _to_sign_in(words: str, store_code: str | None) -> Response:
    flash(words)
    return make_response(redirect(url_for(f"{g.portal.name}.login", store=store_code), code=303))


def _forgot_page(errors: dict[str, str] | None = None, sent: str = "") -> str:
    return render_template("accounts/forgot.html", errors=errors or {}, sent=sent, store_code=_store_code() or "")


def _reset_page(token: str, errors: dict[str, str] | None = None) -> Response:
    is_good = links.can_reset(g.portal.side, token)
    page = render_template(
        "accounts/reset.html", token=token, is_good=is_good, errors=errors or {}, least=MIN_LENGTH, most=MAX_LENGTH
    )
    return make_response(page, 404 if not is_good else 422 if errors else 200)


def _join_page(token: str, errors: dict[str, str] | None = None, name: str = "") -> Response:
    invitation = links.open_invitation(g.portal.side, token)
    page = render_template(
        "accounts/join.html",
        token=token,
        invitation=invitation,
        name=name,
        errors=errors or {},
        least=MIN_LENGTH,
        most=MAX_LENGTH,
    )
    return make_response(page, 404 if invitation is None else 422 if errors else 200)


def _store_code() -> str | None:
    if g.portal.side is not Side.CUSTOMER:
        return None
    code = request.values.get("store") or request.cookies.get(g.portal.store_cookie, "")
    return code[:63] if code and code.isprintable() else None


def _store_name(code: str | None) -> str:
    store = AccountService().find_store(code) if code else None
    if store is None:
        abort(404)
    return store.name
