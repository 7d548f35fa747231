"""What is done to a conversation: reply, read, unread, preferences. One verb, one commit, one change."""

from __future__ import annotations

from flask import Response, flash, g, request

from webapp.database import writing
from webapp.doors import limits, sending
from webapp.doors.identity import current_viewer
from webapp.doors.uploads import received, takes_files
from webapp.messaging import queries
from webapp.messaging.errors import Invalid
from webapp.portals import htmx
from webapp.portals.forms import ReplyForm, errors_of, last_shown
from webapp.portals.panels import empty_reply, entries_after, messaging, page_of


@takes_files
@limits.sending
@limits.uploading
def send_message(conversation_id: int) -> Response:
    """Send the viewer's reply with its files and show what it changes."""
    form = ReplyForm()
    if not form.validate():
        raise Invalid("content", "invalid", errors_of(form)[0][1])
    sent = sending.send(current_viewer(), conversation_id, form.draft(), received())
    seq, shown = sent.message.seq, last_shown()
    page = f"{page_of(conversation_id)}#m-{seq}"
    if not htmx.is_asking():
        return htmx.go(page)
    entries = entries_after(conversation_id, seq - 1 if shown is None else min(shown, seq - 1))
    return htmx.reply(
        "messaging/message_sent.html",
        page=page,
        refresh="live:list",
        badge=queries.badge(current_viewer()),
        entries=entries,
        last_shown=entries[-1].message.seq,
        last_known=entries[-1].message.seq,
        **empty_reply(),
    )


@limits.drafting
def keep_draft(conversation_id: int) -> Response:
    """Keep what the viewer typed and did not send; an empty text clears it."""
    with writing():
        messaging.keep_draft(
            current_viewer(), conversation_id, request.form.get("body", ""), request.form.get("client_key") or None
        )
    return Response(status=204) if request.method == "PUT" else htmx.go(page_of(conversation_id))


@limits.changing
def mark_read(conversation_id: int) -> Response:
    """Move the viewer's read mark up to the last message that the page showed."""
    with writing():
        mark = messaging.mark_conversation_read(current_viewer(), conversation_id, last_shown())
    return htmx.reply(
        "messaging/conversation_read.html",
        page=page_of(conversation_id),
        refresh="live:list",
        badge=mark.badge,
    )


@limits.changing
def mark_unread(conversation_id: int) -> Response:
    """Make the conversation unread again, from a message on or its last one, and go back to the list."""
    with writing():
        messaging.mark_conversation_unread(current_viewer(), conversation_id, request.form.get("from_seq", type=int))
    flash("Marked unread")
    return htmx.go(g.portal.messages)


@limits.changing
def set_preferences(conversation_id: int) -> Response:
    """Switch the viewer's e-mails about this conversation."""
    wanted = request.form.get("email_notifications") == "on"
    with writing():
        messaging.set_email_notifications(current_viewer(), conversation_id, wanted)
    return htmx.reply(
        "messaging/preferences_changed.html",
        page=page_of(conversation_id),
        conversation_id=conversation_id,
        email_notifications=wanted,
    )
