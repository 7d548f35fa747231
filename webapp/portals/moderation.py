"""One message and what may be done with it: delete, remove, report, block; and the reports that admins settle."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.attachments.service import MessageAttachmentService
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import sees_reported
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import moderation, queries
from webapp.messaging.errors import Invalid, NotFound
from webapp.messaging.moderation_models import REASON_LENGTH
from webapp.messaging.moderation_rights import rights_of
from webapp.messaging.queries import Window
from webapp.messaging.queries.reports import open_reports
from webapp.portals import htmx
from webapp.portals.panels import page_of

files = MessageAttachmentService()


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal the page of one message."""
    path = portal.messages.removeprefix(portal.prefix)
    one = f"{path}/<int:conversation_id>"
    message = f"{one}/m/<int:seq>"
    blueprint.add_url_rule(message, "message", show)
    blueprint.add_url_rule(f"{message}/delete", "delete_message", delete, methods=["POST"])
    blueprint.add_url_rule(f"{message}/remove", "remove_message", remove, methods=["POST"])
    blueprint.add_url_rule(f"{message}/report", "report_message", report, methods=["POST"])
    blueprint.add_url_rule(f"{message}/block", "block_sender", block, methods=["POST"])
    blueprint.add_url_rule(
        f"{one}/attachments/<uuid:attachment_id>/delete", "delete_attachment", delete_attachment, methods=["POST"]
    )


def register_reports(blueprint: Blueprint) -> None:
    """Give the platform's portal the page of reports."""
    blueprint.add_url_rule("/reports", "reports", reports)
    blueprint.add_url_rule("/reports/<int:report_id>/settle", "settle_report", settle, methods=["POST"])


def show(conversation_id: int, seq: int) -> str:
    """Show one message with what this viewer may do with it."""
    return _page(conversation_id, seq)


@limits.changing
def delete(conversation_id: int, seq: int) -> Response:
    """Take back what the viewer wrote a short while ago."""
    with writing():
        gone = moderation.delete_message(current_viewer(), conversation_id, seq)
    files.discard(gone)
    return _back(conversation_id, seq, "Message deleted")


@limits.changing
def remove(conversation_id: int, seq: int) -> Response:
    """Take away what somebody wrote, with a reason that everybody in the conversation reads."""
    try:
        with writing():
            gone = moderation.remove_message(current_viewer(), conversation_id, seq, request.form.get("reason", ""))
    except Invalid as error:
        return make_response(_page(conversation_id, seq, {"removal": error.message}), 422)
    files.discard(gone)
    return _back(conversation_id, seq, "Message removed")


@limits.changing
def report(conversation_id: int, seq: int) -> Response:
    """Tell the platform of a message."""
    try:
        with writing():
            moderation.report_message(current_viewer(), conversation_id, seq, request.form.get("reason", ""))
    except Invalid as error:
        return make_response(_page(conversation_id, seq, {"report": error.message}), 422)
    return _back(conversation_id, seq, "Reported to the platform")


@limits.changing
def block(conversation_id: int, seq: int) -> Response:
    """Keep the sender of a message from writing, or let them again."""
    blocked = request.form.get("blocked") == "on"
    with writing():
        moderation.set_block(current_viewer(), conversation_id, seq, blocked)
    return _back(conversation_id, seq, "Blocked" if blocked else "They can write again")


@limits.changing
def delete_attachment(conversation_id: int, attachment_id: UUID) -> Response:
    """Take one file of a message away."""
    with writing():
        seq, gone = moderation.delete_attachment(current_viewer(), conversation_id, attachment_id)
    files.discard(gone)
    return _back(conversation_id, seq, "File deleted")


@sees_reported
def reports() -> str:
    """Show the reports that nobody has settled."""
    return _reports({})


@sees_reported
@limits.changing
def settle(report_id: int) -> Response:
    """Settle a report, with or without taking the message away."""
    reason = request.form.get("reason", "") if request.form.get("removes") == "on" else None
    try:
        with writing():
            gone = moderation.settle_report(current_viewer(), report_id, reason)
    except Invalid as error:
        return make_response(_reports({report_id: error.message}), 422)
    files.discard(gone)
    flash("Report settled, message left as it is" if reason is None else "Report settled, message removed")
    return htmx.go(url_for("admin.reports"))


def _back(conversation_id: int, seq: int, words: str) -> Response:
    flash(words)
    return htmx.go(f"{page_of(conversation_id)}?m={seq}#m-{seq}")


def _reports(errors: dict[int, str]) -> str:
    viewer = current_viewer()
    return render_template(
        "admin/reports.html",
        reports=open_reports(viewer),
        errors=errors,
        most=REASON_LENGTH,
        badge=queries.badge(viewer),
    )


def _page(conversation_id: int, seq: int, errors: dict[str, str] | None = None) -> str:
    viewer = current_viewer()
    conversation = queries.conversation_row(viewer, conversation_id)
    rights = rights_of(viewer, conversation_id, seq)
    found, _, _ = queries.message_window(viewer, conversation_id, Window(after=seq - 1, limit=1))
    if not found or found[0].seq != seq:
        raise NotFound
    return render_template(
        "messaging/message.html",
        conversation=conversation,
        message=found[0],
        rights=rights,
        errors=errors or {},
        most=REASON_LENGTH,
        badge=queries.badge(viewer),
    )
