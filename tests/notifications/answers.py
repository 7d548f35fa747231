"""Answers by e-mail as tests write them, hand them to the listener, and look at what became of them."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from email.message import EmailMessage

from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of, inbox_of, portal_of_viewer, start_session
from webapp.accounts.models import MemberRole
from webapp.attachments import storage
from webapp.attachments.errors import FileMissing
from webapp.database import writing
from webapp.doors import sending
from webapp.messaging import moderation
from webapp.notifications import delivery
from webapp.notifications.inbound import posting

DOMAIN = "in.parley.test"
MARA = "mara.lind@example.com"


def an_answer(text="Yes, please.", sender=f"Mara Lind <{MARA}>", **headers):
    mail = EmailMessage()
    mail["From"] = sender
    mail["Subject"] = "Re: New message: Order 1042"
    mail["Message-ID"] = "<answer-1@example.com>"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def deliver_to(listener, address, mail):
    with smtplib.SMTP("127.0.0.1", listener.port) as client:
        client.sendmail(MARA, [address], mail.as_bytes())


def post(app):
    with app.app_context():
        return posting.post_received(sending.send, delivery.never)


def messages(app):
    return [row for row in all_rows(app)["messages"] if row["kind"].value == "message"]


def inbound(app):
    return [(row["state"].value, row["reason"]) for row in all_rows(app)["inbound_mails"]]


def unread_in(app, viewer, conversation):
    """How many messages of the conversation are unread for the person."""
    rows = all_rows(app)["conversation_participants"]
    (own,) = [
        row
        for row in rows
        if (row["participant_type"], row["participant_id"]) == (viewer.side, viewer.id)
        and row["conversation_id"] == conversation.id
    ]
    return own["unread_count"]


def visit(app, viewer):
    browser = browser_of(app)
    browser.set_cookie(f"parley_{portal_of_viewer(viewer).name}", start_session(viewer))
    return browser


def answer(app, listener, address, text, number=1, **headers):
    """Let a mail come in and be read; return the path of its raw mail."""
    deliver_to(listener, address, an_answer(text, **{"Message_ID": f"<{number}@example.com>", **headers}))
    path = all_rows(app)["inbound_mails"][-1]["raw_path"]
    post(app)
    return path


def is_stored(app, path):
    with app.app_context():
        try:
            storage.current().find(path)
        except FileMissing:
            return False
        return True


def original_of(app, viewer, conversation, seq):
    return visit(app, viewer).get(f"{inbox_of(viewer)}/{conversation.id}/messages/{seq}/original").text


def remove(app, people, conversation, seq):
    owner = replace(people.olga, role=MemberRole.OWNER)
    with app.app_context(), writing():
        moderation.remove_message(owner, conversation.id, seq, "Rude")
