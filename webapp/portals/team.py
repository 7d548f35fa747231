"""The page of those who work here: invite by mail and withdraw it, change roles, deactivate; for owners and admins."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, g, make_response, render_template, request, url_for

from webapp.accounts import invitations, links
from webapp.accounts.errors import HasAccount
from webapp.accounts.errors import Invalid as NoInvitation
from webapp.accounts.models import MemberRole
from webapp.accounts.viewer import Viewer
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import dangerous
from webapp.doors.identity import current_viewer
from webapp.messaging import queries, team
from webapp.messaging.errors import Invalid
from webapp.messaging.text import without_control_characters
from webapp.notifications import account_letters
from webapp.portals import htmx

ROLES = {
    MemberRole.OWNER: ("Owner", "Answers, and decides who works here"),
    MemberRole.AGENT: ("Agent", "Answers, starts and closes conversations"),
}


def register(blueprint: Blueprint) -> None:
    """Give a portal the page of its team."""
    blueprint.add_url_rule("/team", "team", show)
    blueprint.add_url_rule("/team/invite", "invite", invite, methods=["POST"])
    blueprint.add_url_rule("/team/invitations/withdraw", "withdraw_invitation", withdraw, methods=["POST"])
    blueprint.add_url_rule("/team/<int:user_id>/role", "change_role", change_role, methods=["POST"])
    blueprint.add_url_rule("/team/<int:user_id>/deactivate", "deactivate", deactivate, methods=["POST"])
    blueprint.add_url_rule("/team/<int:user_id>/activate", "activate", activate, methods=["POST"])


def show() -> str:
    """Show who works here and who is invited."""
    return _page({})


@dangerous
@limits.changing
def invite() -> Response:
    """Send somebody an invitation by mail."""
    viewer = current_viewer()
    team.require_manager(viewer)
    typed = without_control_characters(request.form.get("email", ""))
    role = None if viewer.is_admin else _role()
    try:
        with writing():
            email, token = links.invite(viewer, typed, role)
            account_letters.write(
                "invitation",
                f"{viewer.name} invites you to {viewer.store.name if viewer.store else g.portal.title}",
                email,
                email,
                by=viewer.name,
                store=viewer.store.name if viewer.store else "",
                role=role.value if role else "",
                address=account_letters.address_of(url_for(f"{g.portal.name}.join", token=token)),
            )
    except NoInvitation as error:
        if isinstance(error, HasAccount):
            with writing():
                links.note_refusal(viewer)
        return make_response(_page({error.field: error.message}, typed), 422)
    flash(f"Invitation sent to {email}")
    return htmx.go(url_for(f"{g.portal.name}.team"))


@dangerous
@limits.changing
def withdraw() -> Response:
    """End an invitation that nobody has taken yet."""
    viewer = current_viewer()
    team.require_manager(viewer)
    with writing():
        there = invitations.withdraw(viewer, without_control_characters(request.form.get("invitation", "")))
    if not there:
        abort(404)
    flash("Invitation withdrawn")
    return htmx.go(url_for(f"{g.portal.name}.team"))


@dangerous
@limits.changing
def change_role(user_id: int) -> Response:
    """Give a member another role."""
    return _changed(user_id, lambda viewer: team.change_role(viewer, user_id, _role()), "Role changed")


@dangerous
@limits.changing
def deactivate(user_id: int) -> Response:
    """End what somebody may do here."""
    return _changed(user_id, lambda viewer: team.deactivate(viewer, user_id), "Deactivated and signed out")


@dangerous
@limits.changing
def activate(user_id: int) -> Response:
    """Let somebody work here again."""
    return _changed(user_id, lambda viewer: team.activate(viewer, user_id), "Active again")


def _changed(user_id: int, change: Callable[[Viewer], None], words: str) -> Response:
    viewer = current_viewer()
    team.require_manager(viewer)
    try:
        with writing():
            change(viewer)
    except Invalid as error:
        return make_response(_page({f"user-{user_id}": error.message}), 422)
    flash(words)
    return htmx.go(url_for(f"{g.portal.name}.team"))


def _role() -> MemberRole:
    return MemberRole.OWNER if request.form.get("role") == MemberRole.OWNER else MemberRole.AGENT


def _page(errors: dict[str, str], email: str = "") -> str:
    viewer = current_viewer()
    return render_template(
        "accounts/team.html",
        colleagues=team.colleagues(viewer),
        invitations=invitations.of_viewer(viewer),
        roles=ROLES,
        email=email,
        errors=errors,
        badge=queries.badge(viewer),
    )
