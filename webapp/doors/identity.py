"""The person of this request: found by the portal's cookie, remembered for the request, never longer."""

from __future__ import annotations

from flask import Request, Response, g, request
from flask_login import UserMixin, current_user

from webapp.accounts import sessions
from webapp.accounts.sessions import SignedIn, Visit
from webapp.accounts.viewer import Viewer
from webapp.doors.portal import Portal, config, portal_of
from webapp.extensions import login_manager

login_manager.session_protection = None  # it would write into Flask's session, which does not sign anybody in


class Person(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a session that is valid now."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        viewer = self.signed_in.viewer
        return f"{viewer.side.value}:{viewer.id}"


@login_manager.request_loader  # type: ignore[untyped-decorator]
def _load(request: Request) -> Person | None:
    portal = portal_of(request.path)
    token = request.cookies.get(portal.cookie) if portal else None
    signed_in = sessions.find(portal.side, token) if portal and token else None
    return Person(signed_in) if signed_in else None


def signed_in() -> SignedIn | None:
    """The session of this request, if there is a valid one at its portal."""
    person = current_user._get_current_object()
    return person.signed_in if isinstance(person, Person) else None


def still_signed_in() -> SignedIn | None:
    """The same, looked up again: the body of a request may have been long in coming."""
    found = _load(request)
    return found.signed_in if found else None


def current_viewer() -> Viewer:
    """The viewer of a guarded request."""
    viewer: Viewer = g.viewer
    return viewer


def current_visit() -> Visit:
    """Where this request comes from, for the list of sessions and the limits on guessing."""
    return Visit(request.remote_addr or "unknown", request.headers.get("User-Agent", ""))


def set_session_cookie(response: Response, portal: Portal, token: str) -> None:
    """Sign the browser in to one portal; the cookie ends with the browser or the session's absolute limit."""
    response.set_cookie(
        portal.cookie,
        token,
        max_age=int(sessions.ABSOLUTE_LIMIT.total_seconds()),
        path="/",
        secure=config().is_secure,
        httponly=True,
        samesite="Lax",
    )


def remember_store(response: Response, portal: Portal, code: str) -> None:
    """Let the sign-in page know the store when the session has ended and with it all that the server knew."""
    response.set_cookie(
        portal.store_cookie,
        code,
        max_age=int(sessions.ABSOLUTE_LIMIT.total_seconds()) * 12,
        path="/",
        secure=config().is_secure,
        httponly=True,
        samesite="Lax",
    )


def clear_session_cookie(response: Response, portal: Portal) -> None:
    """Forget the browser's session at one portal."""
    response.delete_cookie(portal.cookie, path="/", secure=config().is_secure, httponly=True, samesite="Lax")
