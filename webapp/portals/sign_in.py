"""Signing in and out of a portal, one click in the demo, and the store switcher."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request
from sqlalchemy import select

from webapp.accounts import own_sessions, sessions, sign_in, without_password
from webapp.accounts.errors import SecondStepNeeded, TooManyAttempts, WrongCredentials
from webapp.accounts.models import Customer, Side, Store, User, UserRole
from webapp.accounts.service import AccountService
from webapp.database import end_reading, session, writing
from webapp.doors import identity
from webapp.doors.guard import SAFE_METHODS, from_any_store, public, while_restricted
from webapp.doors.identity import current_viewer, current_visit
from webapp.doors.portal import PORTALS, Portal, config
from webapp.messaging import queries
from webapp.messaging.text import without_control_characters
from webapp.portals import passkey_sign_in, provider_sign_in, sign_in_step
from webapp.portals.addresses import own_path
from webapp.portals.arriving import arrive
from webapp.portals.forms import SignInForm, errors_of
from webapp.portals.passkey_place import place
from webapp.portals.waiting import waiting


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal its sign-in page and the way out."""
    blueprint.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    sign_in_step.register(blueprint)
    passkey_sign_in.register(blueprint)
    if portal.side is not Side.CUSTOMER:
        provider_sign_in.register(blueprint)
    blueprint.add_url_rule("/logout", "logout", log_out, methods=["POST"])
    if portal.side is Side.STORE:
        blueprint.add_url_rule("/switch", "switch_store", switch_store, methods=["GET", "POST"])
    if config().demo:
        blueprint.add_url_rule("/demo-sign-in", "demo_sign_in", demo_sign_in, methods=["POST"])


@public
def login() -> Response | tuple[str, int] | str:
    """Ask for e-mail and password; the storefront's page knows its store by ``?store=<code>``."""
    portal: Portal = g.portal
    code = request.values.get("store") or request.cookies.get(portal.store_cookie, "")
    store = AccountService().find_store(code[:63]) if portal.side is Side.CUSTOMER and code.isprintable() else None
    asks = request.method in SAFE_METHODS
    if g.viewer and asks and (not request.values.get("store") or (store and store.id == g.viewer.store_id)):
        return _redirect(own_path(g.portal, request.values.get("next")) or portal.home)
    if portal.side is Side.CUSTOMER and (store is None or not store.is_active):
        page = render_template(
            "accounts/choose_store.html",
            stores=_shown_stores(),
            code=code,
            next=own_path(g.portal, request.values.get("next")),
        )
        return page, 404 if code else 200
    form = SignInForm()
    if asks:
        return _login_page(form, store)
    if not form.validate():
        return _login_page(form, store, errors_of(form)), 422
    end_reading()
    try:
        token = sign_in.sign_in(
            portal.side, form.email.data or "", form.password.data or "", current_visit(), store.code if store else None
        )
    except SecondStepNeeded as needed:
        return sign_in_step.ask(
            portal, needed.challenge, store.code if store else "", own_path(g.portal, request.values.get("next"))
        )
    except WrongCredentials:
        return _login_page(form, store, [("email", "The email or the password is not right")]), 401
    except TooManyAttempts as error:
        page = _login_page(form, store, [("email", f"Too many attempts. Try again in {waiting(error.seconds)}.")])
        response = current_app.make_response((page, 429))
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return arrive(portal, token, store.code if store else "", own_path(g.portal, request.values.get("next")))


@while_restricted
@from_any_store
def log_out() -> Response:
    """End this browser's session at this portal; the other portals stay signed in."""
    portal: Portal = g.portal
    token = request.cookies.get(portal.cookie)
    if token:
        with writing():
            own_sessions.sign_out(current_viewer(), token)
    store = current_viewer().store
    query = {"store": store.code} if store and portal.side is Side.CUSTOMER else {}
    response = _redirect(f"{portal.prefix}/login" + (f"?{urlencode(query)}" if query else ""))
    identity.clear_session_cookie(response, portal)
    if not any(request.cookies.get(other.cookie) for other in _other_portals(portal)):
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


@from_any_store
def switch_store() -> Response | tuple[str, int] | str:
    """Let a user of several stores act in another of them."""
    viewer = current_viewer()
    if request.method == "GET":
        stores = sessions.stores_of(viewer)
        return render_template(
            "accounts/switch_store.html",
            stores=stores,
            next=own_path(g.portal, request.args.get("next")),
            badge=queries.badge(viewer),
        )
    with writing():
        target = sessions.switch_store(g.signed_in.token_hash, viewer, request.form.get("store", ""))
    if target is None:
        abort(404)
    return _redirect(own_path(g.portal, request.form.get("next")) or g.portal.home)


@public
def demo_sign_in() -> Response:
    """Sign in as one of the demo's people with one click; this route exists only where the demo does."""
    portal: Portal = g.portal
    email, code = (without_control_characters(request.form.get(name, "")) for name in ("email", "store"))
    try:
        token = without_password.in_demo(portal.side, email, current_visit(), code)
    except WrongCredentials:
        abort(404)
    return arrive(
        portal, token, code if portal.side is Side.CUSTOMER else "", own_path(g.portal, request.values.get("next"))
    )


def _login_page(form: SignInForm, store: Store | None, errors: list[tuple[str, str]] | None = None) -> str:
    portal: Portal = g.portal
    return render_template(
        "accounts/login.html",
        form=form,
        store=store,
        errors=errors or [],
        next=own_path(g.portal, request.values.get("next")),
        provider=provider_sign_in.provider() if portal.side is not Side.CUSTOMER else None,
        takes_passkeys=place() is not None,
        demo_people=_demo_people(portal, store) if config().demo else [],
    )


def _demo_people(portal: Portal, store: Store | None) -> list[tuple[str, str]]:
    """The accounts that the sign-in page offers in the demo: name and e-mail."""
    if portal.side is Side.CUSTOMER:
        statement = select(Customer.name, Customer.email).where(
            Customer.is_active, Customer.store_id == (store.id if store else 0)
        )
        rows = session.execute(statement.order_by(Customer.id).limit(2))
    else:
        role = UserRole(portal.side.value)
        rows = session.execute(
            select(User.name, User.email).where(User.is_active, User.role == role).order_by(User.id).limit(3)
        )
    return [(row.name, row.email) for row in rows]


def _shown_stores() -> list[object]:
    """Only the demo names its stores to strangers."""
    return list(AccountService().active_stores()) if config().demo else []


def _other_portals(portal: Portal) -> list[Portal]:
    return [other for other in PORTALS.values() if other is not portal]


def _redirect(path: str) -> Response:
    response = redirect(path, code=303)
    return current_app.make_response(response)
