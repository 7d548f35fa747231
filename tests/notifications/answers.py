"""Answers by e-mail as tests write them, hand them to the listener, and look at what became of them."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from tests.guards.rows import all_rows
from webapp.doors import sending
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
