"""What mails and mail servers call without signing in: ending e-mails, handing e-mails in, and the demo's mailbox."""

from __future__ import annotations

import hmac
import json
from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request

from webapp.attachments.errors import AttachmentError
from webapp.config import Config
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.portal import config
from webapp.notifications import addresses, preferences
from webapp.notifications.addresses import Named
from webapp.notifications.inbound import receiving
from webapp.portals import mailbox


def register(app: Flask, config: Config) -> None:
    """Add the routes; the mailbox only to a demo whose mails are written to files."""
    mail = Blueprint("mail", __name__)
    mail.add_url_rule("/unsubscribe/<token>", "unsubscribe", unsubscribe)
    mail.add_url_rule("/unsubscribe/<token>", "end_mails", end_mails, methods=["POST"])
    mail.add_url_rule("/inbound/mail", "hand_in", hand_in, methods=["POST"])
    if config.demo and not config.smtp_url:
        mailbox.register(mail)
    app.register_blueprint(mail)


def unsubscribe(token: str) -> str:
    """Ask whether the mails shall end. Programs that open every link of a mail change nothing."""
    return render_template("notifications/unsubscribe.html", named=_named(token), done=False)


@limits.unsubscribing
def end_mails(token: str) -> str:
    """End the mails that the address names, and nothing else. The proof in it stands for sign-in and CSRF token."""
    named = _named(token)
    with writing():
        preferences.end(named.person, named.conversation_id)
    return render_template("notifications/unsubscribe.html", named=named, done=True)


def hand_in() -> Response:
    """Take a mail from a provider's webhook that knows the secret; keeping it is all that happens in this request.

    The mail is the body (``message/rfc822``) with ``?recipient=``, or a form's field ``body-mime`` or ``email``, with
    ``recipient`` or a JSON ``envelope``. A mail for an address that no proof holds for is taken and dropped.
    """
    secret = config().inbound_secret
    if not secret or not config().inbound_domain:
        abort(404)
    if not _knows(secret):
        return Response("The secret is missing or wrong\n", 401, {"WWW-Authenticate": 'Basic realm="inbound"'})
    request.max_content_length = request.max_form_memory_size = receiving.LARGEST_BYTES
    raw, recipients = _handed_in()
    if not raw or not recipients:
        return Response("A recipient and the raw mail are needed\n", 400)
    try:
        for named in filter(None, map(addresses.to_reply, recipients)):
            receiving.receive(raw, named)
    except receiving.TooMany:
        return Response("Too many mails, try again later\n", 429, {"Retry-After": "3600"})
    except AttachmentError:
        return Response("The mail cannot be kept now, try again later\n", 503, {"Retry-After": "60"})
    return Response(status=202)


def _knows(secret: str) -> bool:
    """Tell whether the request has the secret, as a bearer token or as the password of anybody."""
    given = request.authorization
    said = (given.token or given.password or "") if given else ""
    return hmac.compare_digest(said.encode("utf-8", "surrogatepass"), secret.encode())


def _handed_in() -> tuple[bytes, list[str]]:
    if request.mimetype == "message/rfc822":
        return request.get_data(), request.args.getlist("recipient")
    form = request.form
    raw = form.get("body-mime") or form.get("email") or ""
    recipients = form.get("recipient", "").split(",") if form.get("recipient") else _enveloped(form.get("envelope", ""))
    return raw.encode("utf-8", "surrogateescape"), [one.strip() for one in recipients]


def _enveloped(text: str) -> list[str]:
    try:
        found: Any = json.loads(text or "{}")
    except ValueError:
        return []
    to = found.get("to", []) if isinstance(found, dict) else []
    return [one for one in to if isinstance(one, str)] if isinstance(to, list) else []


def _named(token: str) -> Named:
    return addresses.to_unsubscribe(token) or abort(404)
