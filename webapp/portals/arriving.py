"""The end of a sign-in: this browser has a session, and goes where it wanted."""

from __future__ import annotations

from flask import Response, current_app, make_response, redirect, request

from webapp.accounts import sessions
from webapp.database import writing
from webapp.doors import identity
from webapp.doors.portal import Portal


def arrive(portal: Portal, token: str, store_code: str, destination: str) -> Response:
    """Sign this browser in with a new session, end the one it had, and lead it on."""
    old = request.cookies.get(portal.cookie)
    if old:
        with writing():
            sessions.end(old)
    response = make_response(redirect(destination or portal.home, code=303))
    identity.set_session_cookie(response, portal, token)
    greet(portal, token)
    if store_code:
        identity.remember_store(response, portal, store_code)
    return response


def greet(portal: Portal, token: str) -> None:
    """Tell the demo's scripted people, where there are some, who has come."""
    scripted = current_app.extensions.get("parley.demo")
    if scripted and (found := sessions.find(portal.side, token)):
        scripted.begin(found.viewer)
