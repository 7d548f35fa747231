"""The second step of signing in: the code of an app, a recovery code, or a passkey."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from webapp.accounts import sign_in
from webapp.accounts.errors import ChallengeEnded, TooManyAttempts, WrongCode
from webapp.accounts.factors import challenges, passkeys, second
from webapp.accounts.factors.challenges import LASTS
from webapp.accounts.factors.models import SignInChallenge
from webapp.accounts.factors.owning import Account
from webapp.database import end_reading
from webapp.doors import limits
from webapp.doors.guard import public
from webapp.doors.identity import current_visit
from webapp.doors.portal import Portal, config
from webapp.portals.addresses import own_path
from webapp.portals.arriving import arrive
from webapp.portals.passkey_place import place
from webapp.portals.waiting import waiting


def register(blueprint: Blueprint) -> None:
    """Give a portal the page of the second step."""
    blueprint.add_url_rule("/login/step", "sign_in_step", show)
    blueprint.add_url_rule("/login/step", "finish_sign_in", finish, methods=["POST"])


def ask(portal: Portal, challenge: str, store_code: str, destination: str) -> Response:
    """Lead a browser whose password was right on to the second step."""
    response = _to(url_for(f"{portal.name}.sign_in_step", next=destination or None, store=store_code or None))
    _set_cookie(response, portal, challenge, int(LASTS.total_seconds()))
    return response


@public
def show() -> Response:
    """Ask for the code; somebody without a sign-in that waits begins with the password."""
    return _page() if request.cookies.get(_cookie(g.portal)) else _begin_again()


@public
@limits.signing_in
def finish() -> Response:
    """Check the code and sign the browser in."""
    portal: Portal = g.portal
    challenge, code = request.cookies.get(_cookie(portal), ""), request.form.get("code", "")[:64]
    answer, here = request.form.get("answer", ""), place()
    if not code.strip() and not answer:
        return _page(422, "Enter the code")

    def is_right(account: Account, held: SignInChallenge) -> bool:
        if answer:
            return here is not None and passkeys.accepts(account, here, held.passkey_challenge, answer)
        return second.accepts(account, code)

    end_reading()
    try:
        token = sign_in.finish(portal.side, challenge, current_visit(), is_right)
    except ChallengeEnded:
        return _begin_again()
    except WrongCode:
        words = "This passkey is not right" if answer else "This code is not right, or was used before"
        return _page(401, words)
    except TooManyAttempts as error:
        response = _page(429, f"Too many attempts. Try again in {waiting(error.seconds)}.")
        response.headers["Retry-After"] = str(error.seconds)
        return response
    store_code = request.form.get("store", "")
    response = arrive(
        portal, token, store_code if store_code.isprintable() else "", own_path(g.portal, request.form.get("next"))
    )
    _set_cookie(response, portal, "", 0)
    return response


def _page(status: int = 200, error: str = "") -> Response:
    held = challenges.find(g.portal.side, request.cookies.get(_cookie(g.portal), ""))
    account, here = challenges.account_of(held) if held else None, place()
    has_passkeys = account is not None and bool(passkeys.of_account(account))
    options = ""
    if account and held and held.passkey_challenge and here and has_passkeys:
        options = passkeys.to_sign(account, here, held.passkey_challenge)
    page = render_template(
        "accounts/sign_in_step.html",
        options=options,
        has_app=account is not None and second.has_app(account),
        errors={"code": error} if error else {},
        next=own_path(g.portal, request.values.get("next")),
        store_code=_store_code(),
    )
    return make_response(page, status)


def _store_code() -> str:
    code = request.values.get("store", "")
    return code[:63] if code.isprintable() else ""


def _begin_again() -> Response:
    wanted = own_path(g.portal, request.values.get("next"))
    return _to(url_for(f"{g.portal.name}.login", next=wanted or None, store=_store_code() or None))


def _cookie(portal: Portal) -> str:
    return f"{portal.cookie}_step"


def _set_cookie(response: Response, portal: Portal, value: str, seconds: int) -> None:
    response.set_cookie(
        _cookie(portal), value, max_age=seconds, path="/", secure=config().is_secure, httponly=True, samesite="Lax"
    )


def _to(path: str) -> Response:
    return make_response(redirect(path, code=303))
