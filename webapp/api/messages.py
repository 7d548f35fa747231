"""The views of conversations that all three portals share: read the request, one verb, one commit, answer."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from webapp.accounts.models import Side
from webapp.api import presenting, reading, requests, schemas
from webapp.api.answers import answer
from webapp.database import writing
from webapp.doors import cursors, files, limits, sending
from webapp.doors.guard import quiet
from webapp.doors.identity import current_viewer
from webapp.doors.uploads import takes_files
from webapp.messaging import queries, recipients
from webapp.messaging.drafts import Draft, NewConversation, ReadMark
from webapp.messaging.models import ConversationStatus
from webapp.messaging.queries import ConversationFilters, Window
from webapp.messaging.recipients import Directory, Recipient
from webapp.messaging.service import MessagingService
from webapp.search import service as search

messaging = MessagingService()


def list_conversations() -> Response:
    """List the conversations of your inbox, the newest first."""
    viewer, asked = current_viewer(), reading.query(requests.ListQuery)
    filters = ConversationFilters(
        team=asked.scope == "team",
        status=None if asked.status == "all" else ConversationStatus(asked.status),
        channel=asked.type,
        store_id=asked.store_id,
        unread=asked.unread,
        text=asked.q.strip(),
    )
    after = cursors.read(viewer, filters, asked.cursor) if asked.cursor else None
    listing = search.list_conversations(viewer, filters, after, asked.limit)
    found = listing.page
    return answer(
        schemas.ConversationListResponse(
            conversations=[presenting.summary(row) for row in found.rows],
            matches=[presenting.match(number, hit) for number, hit in listing.hits.items()],
            next_cursor=cursors.make(viewer, filters, found.next) if found.next else None,
            total=found.total,
            total_is_capped=found.total_is_capped,
            total_unread=found.unread_messages,
        )
    )


@takes_files
@limits.starting
@limits.uploading
def create_conversation() -> Response:
    """Start a conversation with its first message, exactly once under an Idempotency-Key."""
    new, uploads = reading.message(requests.ConversationCreate, structured=["recipient"])
    to = Recipient(Side(new.recipient.type), new.recipient.id, new.recipient.store_id)
    asked = NewConversation(new.conversation_type, to, new.subject, new.content, reading.idempotency_key())
    sent = sending.start(current_viewer(), asked, uploads)
    found = messaging.get_conversation(current_viewer(), sent.conversation.id, Window(limit=50))
    return answer(
        presenting.detail(found), created=not sent.repeated, location=presenting.path_of(sent.conversation.id)
    )


@quiet
def get_unread_count() -> Response:
    """Get your badge; with If-None-Match, 304 while it is the same."""
    reading.query(requests.NoQuery)
    count = messaging.get_unread_count(current_viewer())
    response = answer(schemas.UnreadCountResponse(unread_count=count))
    response.set_etag(str(count))
    response.make_conditional(request)
    return response


def list_recipients() -> Response:
    """List whom you may write to: whole stores, then their users, then customers, each by name."""
    viewer, asked = current_viewer(), reading.query(requests.RecipientQuery)
    wanted = Directory(Side(asked.type) if asked.type else None, asked.store_id, asked.q.strip())
    after = cursors.read_in_directory(viewer, wanted, asked.cursor) if asked.cursor else None
    found = recipients.find_choices(viewer, wanted, asked.limit + 1, after)
    page = found[: asked.limit]
    return answer(
        schemas.RecipientListResponse(
            recipients=[presenting.recipient(choice) for choice in page],
            next_cursor=cursors.make_in_directory(viewer, wanted, page[-1].place) if len(found) > len(page) else None,
        )
    )


def get_conversation(conversation_id: int) -> Response:
    """Get a conversation, its people, and its newest messages, or those before or after a seq; marks nothing read."""
    asked = reading.query(requests.WindowQuery)
    window = Window(before=asked.before, after=asked.after, limit=asked.limit)
    return answer(presenting.detail(messaging.get_conversation(current_viewer(), conversation_id, window)))


@takes_files
@limits.sending
@limits.uploading
def send_message(conversation_id: int) -> Response:
    """Send a message with its files, exactly once under an Idempotency-Key. Marks nothing read."""
    found, uploads = reading.message(requests.MessageCreate)
    sent = sending.send(current_viewer(), conversation_id, Draft(found.content, reading.idempotency_key()), uploads)
    rows, _, _ = queries.message_window(current_viewer(), conversation_id, Window(after=sent.message.seq - 1, limit=1))
    return answer(presenting.message(rows[0]), created=not sent.repeated)


@limits.changing
def close_conversation(conversation_id: int) -> Response:
    """Close a conversation: nobody can write to it until it is reopened. Closed already: nothing changes."""
    reading.body(requests.Nothing, optional=True)
    with writing():
        messaging.close_conversation(current_viewer(), conversation_id)
    return _summary(conversation_id)


@limits.changing
def reopen_conversation(conversation_id: int) -> Response:
    """Reopen a conversation. Open already: nothing changes."""
    reading.body(requests.Nothing, optional=True)
    with writing():
        messaging.reopen_conversation(current_viewer(), conversation_id)
    return _summary(conversation_id)


@limits.changing
def mark_read(conversation_id: int) -> Response:
    """Move your read mark up to a message, by default the last; never back."""
    update = reading.body(requests.ReadUpdate, optional=True)
    with writing():
        mark = messaging.mark_conversation_read(current_viewer(), conversation_id, update.up_to_seq)
    return _marked(mark)


@limits.changing
def mark_unread(conversation_id: int) -> Response:
    """Make the messages by others from this one on unread again; you take part from now on."""
    update = reading.body(requests.UnreadUpdate)
    with writing():
        mark = messaging.mark_conversation_unread(current_viewer(), conversation_id, update.from_seq)
    return _marked(mark)


@limits.changing
def set_preferences(conversation_id: int) -> Response:
    """Switch your e-mails about a conversation; switching them on makes you take part."""
    update = reading.body(requests.PreferencesUpdate)
    with writing():
        wanted = messaging.set_email_notifications(current_viewer(), conversation_id, update.email_notifications)
    return answer(schemas.PreferencesResponse(email_notifications=wanted))


def download(conversation_id: int, attachment_id: UUID) -> Response:
    """Download a file, or the part that a Range asks for; with a bucket behind it, follow the redirect at once."""
    reading.query(requests.NoQuery)
    return files.download(messaging.get_attachment(current_viewer(), conversation_id, attachment_id))


def preview(conversation_id: int, attachment_id: UUID) -> Response:
    """Get an image re-encoded as WebP, at most 1,600 pixels on its longer side, or 480 as a thumbnail."""
    reading.query(requests.PreviewQuery)
    return files.preview(messaging.get_attachment(current_viewer(), conversation_id, attachment_id))


def _summary(conversation_id: int) -> Response:
    return answer(presenting.summary(queries.conversation_row(current_viewer(), conversation_id)))


def _marked(mark: ReadMark) -> Response:
    return answer(schemas.ReadMarkResponse(unread_count=mark.unread_count, last_read_seq=mark.last_read_seq))
