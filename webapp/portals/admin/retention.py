"""The page on which admins see what is due to be deleted, confirm it, and place legal holds."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.database import end_reading, writing
from webapp.doors import limits, retaining
from webapp.doors.guard import dangerous, sees_reported
from webapp.doors.identity import current_viewer
from webapp.messaging import queries, retention
from webapp.messaging.errors import Invalid
from webapp.messaging.models import ConversationType
from webapp.messaging.retention_models import REASON_LENGTH
from webapp.messaging.text import without_control_characters
from webapp.portals import htmx

CHANNELS = {
    ConversationType.ADMIN_STORE: "Platform and stores",
    ConversationType.STORE_CUSTOMER: "Stores and customers",
    ConversationType.ADMIN_CUSTOMER: "Platform and customers",
}


def register(blueprint: Blueprint) -> None:
    """Give the platform's portal the page; it counts in channels of which the platform is no party, and shows none."""
    blueprint.add_url_rule("/retention", "retention", show)
    blueprint.add_url_rule("/retention/delete", "apply_retention", apply, methods=["POST"])
    blueprint.add_url_rule("/retention/holds", "place_hold", place, methods=["POST"])
    blueprint.add_url_rule("/retention/holds/<int:hold_id>/lift", "lift_hold", lift, methods=["POST"])


@sees_reported
def show() -> str:
    """Show what is due and what is held."""
    return _page({})


@sees_reported
@dangerous
@limits.changing
def apply() -> Response:
    """Delete what is due, once its number was typed."""
    viewer = current_viewer()
    try:
        retention.check_typed(request.form.get("typed", ""))
    except Invalid as error:
        return make_response(_page({error.field: error.message}), 422)
    end_reading()
    conversations, files = retaining.apply(viewer)
    flash(f"Deleted {conversations} conversation{'' if conversations == 1 else 's'} with {files} files")
    return htmx.go(url_for("admin.retention"))


@sees_reported
@dangerous
@limits.changing
def place() -> Response:
    """Keep a conversation or a store from any deletion."""
    typed = {
        name: without_control_characters(request.form.get(name, ""))[:REASON_LENGTH] for name in ("what", "reason")
    }
    try:
        with writing():
            retention.place(current_viewer(), typed["what"], typed["reason"])
    except Invalid as error:
        return make_response(_page({error.field: error.message}, typed), 422)
    flash("Held")
    return htmx.go(url_for("admin.retention"))


@sees_reported
@dangerous
@limits.changing
def lift(hold_id: int) -> Response:
    """End a hold."""
    with writing():
        retention.lift(current_viewer(), hold_id)
    flash("The hold is lifted")
    return htmx.go(url_for("admin.retention"))


def _page(errors: dict[str, str], typed: dict[str, str] | None = None) -> str:
    due = retention.preview()
    return render_template(
        "admin/retention.html",
        due=due,
        channels=CHANNELS,
        total=sum(one.conversations for one in due),
        phrase=retention.phrase(sum(one.conversations for one in due)),
        holds=retention.holds(),
        typed=typed or {"what": "", "reason": ""},
        most=REASON_LENGTH,
        errors=errors,
        badge=queries.badge(current_viewer()),
    )
