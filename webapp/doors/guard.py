"""The guard of every portal: who is it, is the request small enough, is it theirs, is it from this store's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, request

from webapp import row_security
from webapp.accounts import sessions
from webapp.accounts.sessions import SignedIn
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.database import end_reading, writing
from webapp.doors import uploads
from webapp.doors.identity import current_visit, signed_in, still_signed_in
from webapp.doors.portal import Portal
from webapp.doors.signed_cookie import has_csrf_token
from webapp.extensions import csrf

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ACTING_STORE = "acting_store"
"""The hidden field, and ``X-Parley-Store`` the header, in which a page of the store portal says whose it is."""

_View = TypeVar("_View", bound=Callable[..., object])


class Refusal(Exception):
    """Somebody may not have what they asked for, or not now."""


class SignInRequired(Refusal):
    """Nobody is signed in at this portal."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(portal.name)
        self.portal = portal


class ConfirmationNeeded(Refusal):
    """The act is dangerous, and the person showed too long ago who they are."""


class SecondStepRequired(Refusal):
    """The person has to set up a second step before anything else."""


class StoreSwitched(Refusal):
    """The page belongs to a store that this person has left in another tab."""

    def __init__(self, page_code: str) -> None:
        super().__init__(page_code)
        self.page_code = page_code


def public(view: _View) -> _View:
    """Let anybody reach the view; CSRF still holds."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def quiet(view: _View) -> _View:
    """Do not take a request of this view, such as a poll, as a sign that the person is there."""
    view.is_quiet = True  # type: ignore[attr-defined]
    return view


def is_public(view: object) -> bool:
    """Tell whether anybody may reach the view."""
    return getattr(view, "is_public", False)


def is_quiet(view: object) -> bool:
    """Tell whether a request of the view says nothing about the person being there."""
    return getattr(view, "is_quiet", False)


def dangerous(view: _View) -> _View:
    """Ask again who it is before the view, when the person showed it too long ago."""
    view.is_dangerous = True  # type: ignore[attr-defined]
    return view


def while_restricted(view: _View) -> _View:
    """Let somebody use the view who has yet to set up the second step that is demanded of them."""
    view.is_for_restricted = True  # type: ignore[attr-defined]
    return view


def from_any_store(view: _View) -> _View:
    """Take the view's requests from pages of a left store too: signing out and switching must work there."""
    view.is_from_any_store = True  # type: ignore[attr-defined]
    return view


def sees_reported(view: _View) -> _View:
    """Let the view reach channels of which the platform is no party, such as what was reported: it checks by itself."""
    view.sees_reported = True  # type: ignore[attr-defined]
    return view


def guard(portal: Portal) -> None:
    """Check a request before its view: viewer, size, CSRF, store, in this order; the view's own limit comes last.

    So the body of a stranger's upload is never parsed. Rights are those of when the body had come.
    """
    g.portal = portal
    log.come_from(current_visit().address)
    view = current_app.view_functions.get(request.endpoint or "")
    found = _note(portal, signed_in(), view)
    if request.method not in SAFE_METHODS:
        if getattr(view, "takes_files", False):
            uploads.allow_files(request)
        end_reading()  # a form may be long in coming, and no transaction should wait for it
        if not has_csrf_token():
            csrf.protect()
        if found and not uploads.is_whole():
            found = _note(portal, still_signed_in(), view)
    if found:
        admit(found, view, _page_code())
        if found.is_due and not is_quiet(view):
            with writing():
                sessions.touch(found.token_hash)
        if not getattr(view, "sees_reported", False):
            act_as(found.viewer)


def _note(portal: Portal, found: SignedIn | None, view: object) -> SignedIn | None:
    if found is None and not is_public(view):
        raise SignInRequired(portal)
    g.viewer = found.viewer if found else None
    g.signed_in = found
    return found


def admit(found: SignedIn, view: object, page_code: str | None) -> None:
    """Raise a Refusal unless whoever is signed in may use the view now, from the page of this store."""
    if not getattr(view, "is_from_any_store", False):
        refuse_left_store(found, page_code)
    if found.is_restricted and not is_public(view) and not getattr(view, "is_for_restricted", False):
        raise SecondStepRequired
    if getattr(view, "is_dangerous", False) and not found.is_confirmed:
        raise ConfirmationNeeded


def act_as(viewer: Viewer) -> None:
    """Let the database itself hold this request to the viewer's rows, where it is set to."""
    row_security.act_for(viewer.side.value, viewer.id, viewer.store_id)


def refuse_left_store(found: SignedIn, page_code: str | None) -> None:
    """Raise StoreSwitched when the session is in another store than the one the request was made for."""
    store = found.viewer.store
    if found.viewer.is_store and store and page_code and page_code != store.code:
        raise StoreSwitched(page_code)


def _page_code() -> str | None:
    """The store whose page the request comes from, if it says so."""
    if page_code := request.headers.get("X-Parley-Store"):
        return page_code
    return request.form.get(ACTING_STORE) if request.method not in SAFE_METHODS else None
