"""Signing in and out of a portal, one click in the demo, and the store switcher."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from webapp.accounts import sessions, sign_in
from webapp.accounts.errors import TooManyAttempts, WrongCredentials
from webapp.accounts.models import Customer, Side, Store, User, UserRole
from webapp.accounts.service import AccountService
from webapp.database import end_reading, session, writing
from webapp.doors import identity
from webapp.doors.guard import SAFE_METHODS, from_any_store, public
from webapp.doors.identity import current_viewer, current_visit
from webapp.doors.portal import PORTALS, Portal, config, portal_of
from webapp.messaging import queries
from webapp.messaging.text import without_control_characters
from webapp.portals.forms import SignInForm, errors_of


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal its sign-in page and the way out."""
    blueprint.add_url_rule("/login", "login", login, methods=["GET", "POST"])
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
        return _redirect(_destination(portal))
    if portal.side is Side.CUSTOMER and (store is None or not store.is_active):
        page = render_template(
            "accounts/choose_store.html", stores=_shown_stores(), code=code, next=_own_path(request.values.get("next"))
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
    except WrongCredentials:
        return _login_page(form, store, [("email", "The email or the password is not right")]), 401
    except TooManyAttempts as error:
        page = _login_page(form, store, [("email", f"Too many attempts. Try again in {_waiting(error.seconds)}.")])
        response = current_app.make_response((page, 429))
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return _signed_in(portal, token, store.code if store else "")


@from_any_store
def log_out() -> Response:
    """End this browser's session at this portal; the other portals stay signed in."""
    portal: Portal = g.portal
    token = request.cookies.get(portal.cookie)
    if token:
        with writing():
            sessions.end(token)
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
            next=_own_path(request.args.get("next")),
            badge=queries.badge(viewer),
        )
    with writing():
        target = sessions.switch_store(g.signed_in.token_hash, viewer, request.form.get("store", ""))
    if target is None:
        abort(404)
    return _redirect(_own_path(request.form.get("next")) or g.portal.home)


@public
def demo_sign_in() -> Response:
    """Sign in as one of the demo's people with one click; this route exists only where the demo does."""
    portal: Portal = g.portal
    email, code = (without_control_characters(request.form.get(name, "")) for name in ("email", "store"))
    try:
        token = sign_in.sign_in_without_password(portal.side, email, current_visit(), code)
    except WrongCredentials:
        abort(404)
    return _signed_in(portal, token, code if portal.side is Side.CUSTOMER else "")


def _login_page(form: SignInForm, store: Store | None, errors: list[tuple[str, str]] | None = None) -> str:
    portal: Portal = g.portal
    return render_template(
        "accounts/login.html",
        form=form,
        store=store,
        errors=errors or [],
        next=_own_path(request.values.get("next")),
        demo_people=_demo_people(portal, store) if config().demo else [],
    )


def _signed_in(portal: Portal, token: str, store_code: str) -> Response:
    old = request.cookies.get(portal.cookie)
    if old:
        with writing():
            sessions.end(old)
    response = _redirect(_destination(portal))
    identity.set_session_cookie(response, portal, token)
    if store_code:
        identity.remember_store(response, portal, store_code)
    return response


def _destination(portal: Portal) -> str:
    return _own_path(request.values.get("next")) or portal.home


def _own_path(text: str | None) -> str:
    """Return the address to go to, if it is a page of this portal that a browser can GET; else nothing.

    It is matched against our own routes instead of comparing hosts, which ``/\\evil.test`` and ``//evil.test`` pass.
    """
    if not text or not text.startswith("/") or not text.isprintable():
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:  # such as //[
        return ""
    portal: Portal = g.portal
    if parts.scheme or parts.netloc or "\\" in text or portal_of(parts.path) is not portal:
        return ""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(parts.path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return ""
    if not endpoint.startswith(f"{portal.name}.") or "/_/" in parts.path or endpoint.endswith((".login", ".logout")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


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


def _waiting(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60 + 1} minutes"


def _redirect(path: str) -> Response:
    response = redirect(path, code=303)
    return current_app.make_response(response)
