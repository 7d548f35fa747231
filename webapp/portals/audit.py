"""The page of the audit log, and its file; admins and owners of stores may open it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request

from webapp.accounts import audit_trail
from webapp.accounts.audit_trail import AuditFilters, Line
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.messaging.text import without_control_characters
from webapp.portals.csv_cells import as_csv
from webapp.portals.times import utc

WORDS = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGN_IN_FAILED: "Gave a wrong password or code",
    Action.SIGNED_OUT: "Signed out",
    Action.SESSION_ENDED: "Ended sessions",
    Action.PASSWORD_CHANGED: "Changed a password",
    Action.PASSWORD_RESET: "Set a new password by mail",
    Action.INVITED: "Invited somebody",
    Action.INVITATION_WITHDRAWN: "Withdrew an invitation",
    Action.JOINED: "Accepted an invitation",
    Action.SECOND_STEP_ON: "Switched the second step on",
    Action.PASSKEY_ADDED: "Added a passkey",
    Action.PASSKEY_REMOVED: "Removed a passkey",
    Action.SECOND_STEP_OFF: "Switched the second step off",
    Action.RECOVERY_CODES_MADE: "Made recovery codes",
    Action.TOKEN_CREATED: "Made a token",
    Action.TOKEN_REVOKED: "Revoked a token",
    Action.ACCOUNT_CREATED: "Made an account",
    Action.ACCOUNT_DEACTIVATED: "Deactivated an account",
    Action.ACCOUNT_ACTIVATED: "Activated an account",
    Action.STORE_CREATED: "Made a store",
    Action.MEMBER_CHANGED: "Changed a membership",
    Action.SETTING_CHANGED: "Changed a setting",
    Action.CONVERSATION_CLOSED: "Closed a conversation",
    Action.CONVERSATION_REOPENED: "Reopened a conversation",
    Action.MESSAGE_DELETED: "Deleted an own message",
    Action.MESSAGE_REMOVED: "Removed a message",
    Action.MESSAGE_REPORTED: "Reported a message",
    Action.REPORT_SETTLED: "Settled a report",
    Action.BLOCK_CHANGED: "Blocked or unblocked somebody",
    Action.ATTACHMENT_DELETED: "Deleted a file",
    Action.MAIL_RETRIED: "Tried an e-mail again",
    Action.MAIL_DROPPED: "Dropped an e-mail",
    Action.STOREFRONT_CHANGED: "Changed the storefront’s colour",
    Action.REFUSED: "Was refused",
    Action.FILE_INFECTED: "Found an infected file",
    Action.DATA_EXPORTED: "Downloaded their own data",
    Action.DATA_ERASED: "Erased a person",
    Action.HOLD_PLACED: "Placed a legal hold",
    Action.HOLD_LIFTED: "Lifted a legal hold",
    Action.RETENTION_APPLIED: "Deleted old conversations",
    Action.AUDIT_EXPORTED: "Exported the audit log",
}
HEAD = ("when", "who", "side", "did", "object", "id", "name", "store", "from", "before", "after")
LARGEST_KEY = 2**63 - 1


def register(blueprint: Blueprint) -> None:
    """Give a portal the page of its log."""
    blueprint.add_url_rule("/audit", "audit", show)
    blueprint.add_url_rule("/audit/export", "export_audit", export, methods=["POST"])


def show() -> str | tuple[str, int]:
    """Show the log, the newest first, narrowed by what is looked for."""
    viewer = _reader()
    filters, errors = _filters(request.args)
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= LARGEST_KEY:
        abort(404)
    found = [] if errors else audit_trail.lines(viewer, filters, before, audit_trail.PAGE + 1)
    page = render_template(
        "accounts/audit.html",
        lines=found[: audit_trail.PAGE],
        more=found[audit_trail.PAGE - 1].entry.id if len(found) > audit_trail.PAGE else None,
        typed=_typed(request.args),
        errors=errors,
        words=WORDS,
        changes=changes,
        badge=queries.badge(viewer),
    )
    return (page, 422) if errors else page


@limits.changing
def export() -> Response:
    """Answer with what was found as a CSV file; that somebody took it is noted."""
    viewer = _reader()
    filters, errors = _filters(request.form)
    if errors:
        abort(422)
    with writing():
        found = audit_trail.lines(viewer, filters, limit=audit_trail.EXPORTED)
        log.note(viewer, Action.AUDIT_EXPORTED, "audit", after={"entries": len(found)})
    response = make_response(as_csv(HEAD, map(_cells, found)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def changes(line: Line) -> list[tuple[str, object, object]]:
    """Return what an entry changed: the name of each fact, its value before and after."""
    before, after = line.entry.before or {}, line.entry.after or {}
    return [(key, before.get(key, ""), after.get(key, "")) for key in {**before, **after}]


def _reader() -> Any:
    viewer = current_viewer()
    if not audit_trail.may_read(viewer):
        abort(403)
    return viewer


def _typed(values: Any) -> dict[str, str]:
    return {name: without_control_characters(values.get(name, ""))[:200] for name in ("q", "action", "since", "until")}


def _filters(values: Any) -> tuple[AuditFilters, dict[str, str]]:
    typed, errors = _typed(values), {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            errors[name] = "Enter a day, like 2026-11-25"
    if days.get("until") == date.max:
        errors["until"] = "Enter a day, like 2026-11-25"
    action = typed["action"] if typed["action"] in set(Action) else ""
    return AuditFilters(typed["q"], action, days.get("since"), days.get("until")), errors


def _cells(line: Line) -> tuple[object, ...]:
    entry = line.entry
    return (
        utc(entry.created_at),
        line.actor,
        entry.actor_side,
        WORDS.get(entry.action, entry.action),  # type: ignore[call-overload]
        entry.object_type,
        entry.object_id,
        line.object_name,
        line.store,
        entry.address,
        _facts(entry.before),
        _facts(entry.after),
    )


def _facts(facts: dict[str, Any] | None) -> str:
    return ", ".join(f"{key}: {value}" for key, value in (facts or {}).items())
