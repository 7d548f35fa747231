"""MessageNotificationService: who is to hear of a message by e-mail, written down with the message itself."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Insert, bindparam, false, insert, not_, select

from webapp.accounts.models import Side
from webapp.database import Id, UTCDateTime, now
from webapp.messaging import access
from webapp.messaging.asking import Anybody, AnyConversation
from webapp.messaging.events import Event, MessageSent
from webapp.messaging.models import ConversationParticipant
from webapp.notifications.models import OutboxEntry
from webapp.prepared import write

_Row = ConversationParticipant


class MessageNotificationService:
    """What e-mail knows about messages."""

    def notify_new_message(self, sent: MessageSent) -> None:
        """Write one row of the outbox for each participant but the sender who wants e-mails of the conversation.

        In the transaction of the message and in one statement: both are there or none. Nothing is sent here.
        """
        about = {"of_message": sent.message_id, "numbered": sent.seq, "in_conversation": sent.conversation_id}
        write(_for_everybody_else(sent.by_side), {**about, "viewer_id": sent.by_id, "at": now()})


@cache
def _for_everybody_else(than: Side) -> Insert:
    entry = OutboxEntry
    values = {
        entry.message_id: bindparam("of_message", type_=Id),
        entry.participant_type: _Row.participant_type,
        entry.participant_id: _Row.participant_id,
        entry.conversation_id: _Row.conversation_id,
        entry.store_id: _Row.store_id,
        entry.seq: bindparam("numbered", type_=Id),
        entry.for_digest: false(),
        entry.created_at: bindparam("at", type_=UTCDateTime),
    }
    recipients = select(*values.values()).where(
        _Row.conversation_id == AnyConversation.id,
        _Row.left_at.is_(None),
        _Row.email_notifications,
        not_(access.is_own_participation(Anybody(than))),
    )
    return insert(entry).from_select(list(values), recipients, include_defaults=False)


def write_outbox(happened: Event) -> None:
    """Listen to what is being written: a message is written with its outbox."""
    if isinstance(happened, MessageSent):
        MessageNotificationService().notify_new_message(happened)
