"""The page on which people see where they are signed in, and make and revoke the tokens of their programs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, g, make_response, render_template, request, url_for

from webapp.accounts import own_sessions, tokens
from webapp.accounts.errors import Invalid
from webapp.accounts.models import Scope
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import dangerous, from_any_store
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.messaging.text import without_control_characters
from webapp.portals import confirming, htmx, own_data, password, second_step

SCOPES = {
    Scope.READ: ("Read messages", "Lists, messages, files and the unread count"),
    Scope.WRITE: ("Send and change", "Send, start, close and reopen, mark read"),
}
DAYS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of a new token."""

    name: str = ""
    scopes: tuple[Scope, ...] = (Scope.READ,)
    days: int = 90


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal its page of sessions and tokens, beside the inbox."""
    path = portal.messages.removeprefix(portal.prefix).removesuffix("/messages") + "/access"
    blueprint.add_url_rule(path, "access", access)
    blueprint.add_url_rule(f"{path}/tokens", "create_token", create_token, methods=["POST"])
    blueprint.add_url_rule(f"{path}/tokens/<int:token_id>/revoke", "revoke_token", revoke_token, methods=["POST"])
    blueprint.add_url_rule(f"{path}/sessions/end", "end_session", end_session, methods=["POST"])
    blueprint.add_url_rule(f"{path}/sessions/end-others", "end_other_sessions", end_other_sessions, methods=["POST"])
    password.register(blueprint, path)
    own_data.register(blueprint, path)
    second_step.register(blueprint, path)
    confirming.register(blueprint, portal, path)


def access() -> str:
    """Show the viewer's own sessions and tokens."""
    return _page()


@dangerous
@limits.changing
def create_token() -> Response:
    """Make a token and show it, this once and in this answer only; it is kept nowhere."""
    form = request.form
    typed = Typed(
        without_control_characters(form.get("name", "")),
        tuple(scope for scope in Scope if scope.value in form.getlist("scopes")),
        form.get("days", type=int, default=0),
    )
    try:
        with writing():
            token = tokens.issue_own(current_viewer(), typed.name, typed.scopes, typed.days)
    except Invalid as error:
        return make_response(_page(typed, {error.field: error.message}), 422)
    return make_response(_page(token=token), 201)


@from_any_store
@limits.changing
def revoke_token(token_id: int) -> Response:
    """End a token of the viewer's own."""
    with writing():
        there = tokens.revoke(current_viewer(), token_id)
    return _ended(there, "Token revoked")


@from_any_store
@limits.changing
def end_session() -> Response:
    """Sign the viewer out of another browser."""
    with writing():
        there = own_sessions.end_own(current_viewer(), without_control_characters(request.form.get("session", "")))
    return _ended(there, "Signed out there")


@from_any_store
@limits.changing
def end_other_sessions() -> Response:
    """Sign the viewer out of every browser but this one."""
    with writing():
        own_sessions.end_others(current_viewer(), but=g.signed_in.token_hash)
    return _ended(True, "Signed out everywhere else")


def _ended(there: bool, words: str) -> Response:
    if not there:
        abort(404)
    flash(words)
    return htmx.go(url_for(f"{g.portal.name}.access"))


def _page(typed: Typed | None = None, errors: dict[str, str] | None = None, token: str = "") -> str:
    viewer = current_viewer()
    return render_template(
        "accounts/access.html",
        sessions=own_sessions.of_viewer(viewer),
        current_session=g.signed_in.token_hash,
        tokens=tokens.of_viewer(viewer),
        scopes=SCOPES,
        days=DAYS,
        typed=typed or Typed(),
        errors=errors or {},
        new_token=token,
        badge=queries.badge(viewer),
    )
