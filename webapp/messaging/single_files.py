"""Taking one file out of a message, for the verbs of moderation and for operators, who have checked that they may."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from webapp.attachments.files import StoredFile
from webapp.attachments.models import MessageAttachment
from webapp.attachments.service import MessageAttachmentService
from webapp.database import session
from webapp.messaging import indexing
from webapp.messaging.models import Conversation, Message, MessageKind
from webapp.messaging.text import preview_of


def delete_attachment(attachment_id: UUID) -> StoredFile | None:
    """Delete an attachment's row, and its name from the list; return what to discard after the commit, if there is one.

    The message stays, even when it was the file only.
    """
    where = select(MessageAttachment.conversation_id, MessageAttachment.message_id)
    found = session.execute(where.where(MessageAttachment.id == attachment_id)).one_or_none()
    if found is None:
        return None
    session.execute(select(Conversation.id).where(Conversation.id == found.conversation_id).with_for_update())
    gone = MessageAttachmentService().delete_attachment(attachment_id)
    indexing.write(indexing.read([found.message_id]))
    newest = (
        select(Message.id, Message.content)
        .where(Message.conversation_id == found.conversation_id, Message.kind == MessageKind.MESSAGE)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    message = session.execute(newest).one()
    if message.id == found.message_id:
        names = select(MessageAttachment.filename).where(MessageAttachment.message_id == message.id)
        left = session.scalars(names.order_by(MessageAttachment.id)).all()
        session.execute(
            update(Conversation)
            .where(Conversation.id == found.conversation_id)
            .values(last_message_preview=preview_of(message.content, left))
        )
    return gone
