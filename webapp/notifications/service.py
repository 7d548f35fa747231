"""MessageNotificationService: who is to hear of a message by e-mail, written down with the message itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import false, insert, literal, not_, select

from webapp.database import now, session
from webapp.messaging.events import Event, MessageSent
from webapp.messaging.models import ConversationParticipant
from webapp.notifications.models import OutboxEntry

_Row = ConversationParticipant


class MessageNotificationService:
    """What e-mail knows about messages."""

    def notify_new_message(self, sent: MessageSent) -> None:
        """Write one row of the outbox for each participant but the sender who wants e-mails of the conversation.

        In the transaction of the message and in one statement: both are there or none. Nothing is sent here.
        """
        moment: datetime = now()
        own = (_Row.participant_type == sent.by_side) & (_Row.participant_id == sent.by_id)
        recipients = select(
            literal(sent.message_id),
            _Row.participant_type,
            _Row.participant_id,
            _Row.conversation_id,
            _Row.store_id,
            literal(sent.seq),
            false(),
            literal(moment, OutboxEntry.created_at.type),
        ).where(
            _Row.conversation_id == sent.conversation_id, _Row.left_at.is_(None), _Row.email_notifications, not_(own)
        )
        columns = [
            OutboxEntry.message_id,
            OutboxEntry.participant_type,
            OutboxEntry.participant_id,
            OutboxEntry.conversation_id,
            OutboxEntry.store_id,
            OutboxEntry.seq,
            OutboxEntry.for_digest,
            OutboxEntry.created_at,
        ]
        session.execute(insert(OutboxEntry).from_select(columns, recipients, include_defaults=False))


def write_outbox(happened: Event) -> None:
    """Listen to what is being written: a message is written with its outbox."""
    if isinstance(happened, MessageSent):
        MessageNotificationService().notify_new_message(happened)
