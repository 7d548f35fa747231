"""The page of the mails that leave and come in: how the queue stands, what failed, what is held, and a test."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, flash, make_response, render_template, url_for

from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import end_reading, now, writing
from webapp.doors import limits
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.notifications import options, overview
from webapp.notifications.emails import EmailService
from webapp.notifications.transports import MailError
from webapp.portals import htmx


def register(blueprint: Blueprint) -> None:
    """Give the admin portal its page of mails."""
    blueprint.add_url_rule("/email", "email", email)
    blueprint.add_url_rule("/email/test", "test_email", test_email, methods=["POST"])
    for path, name, act, noted in (
        ("mails/<int:number>/retry", "retry_mail", overview.retry, Action.MAIL_RETRIED),
        ("mails/<int:number>/drop", "drop_mail", overview.drop, Action.MAIL_DROPPED),
        ("held/<int:number>/retry", "retry_held", overview.retry_held, Action.MAIL_RETRIED),
        ("held/<int:number>/drop", "drop_held", overview.drop_held, Action.MAIL_DROPPED),
    ):
        kind = "incoming mail" if path.startswith("held") else "mail"
        blueprint.add_url_rule(f"/email/{path}", name, _changing(act, noted, kind), methods=["POST"])


def email() -> str:
    """Show the queue."""
    return _page()


@limits.changing
def test_email() -> Response:
    """Send the admin a mail by the present settings, now, and show what the server says if it does not take it."""
    viewer, service = current_viewer(), EmailService(options.read())
    end_reading()
    message = service.write_test(viewer.name, viewer.email)
    try:
        with service.post() as post:
            service.send(post, message, viewer.email)
    except (MailError, OSError) as error:
        return make_response(_page(str(error)), 422)
    flash(f"A test e-mail is on its way to {viewer.email}")
    return htmx.go(url_for("admin.email"))


def _changing(act: Callable[[int], bool], noted: Action, kind: str) -> Callable[[int], Response]:
    @limits.changing
    def change(number: int) -> Response:
        if number >= 2**63:
            abort(404)
        with writing():
            there = act(number)
            if there:
                log.note(current_viewer(), noted, kind, number)
        if not there:
            abort(404)
        flash("It is tried again now" if noted is Action.MAIL_RETRIED else "E-mail dropped")
        return htmx.go(url_for("admin.email"))

    return change


def _page(error: str = "") -> str:
    figures = overview.figures()
    return render_template(
        "admin/email.html",
        figures=figures,
        is_stuck=figures.is_stuck(now()),
        mails=overview.listed(),
        held=overview.held(),
        options=options.read(),
        error=error,
        mailbox=url_for("mail.mailbox") if "mail.mailbox" in current_app.view_functions else "",
        badge=queries.badge(current_viewer()),
    )
