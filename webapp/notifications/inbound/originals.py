"""The whole text of a message that came by mail, for those who may see the message."""

from __future__ import annotations

from sqlalchemy import func

from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.messaging import access
from webapp.messaging.errors import NotFound
from webapp.messaging.models import Message, MessageKind
from webapp.notifications.inbound.models import InboundMail


def original(viewer: Viewer, conversation_id: int, seq: int) -> str:
    """Return the text as it came: of a mail with quotes and signature, else what the message says; raises NotFound."""
    if not 0 < seq <= access.LARGEST_KEY:
        raise NotFound
    came = func.coalesce(func.nullif(InboundMail.original, ""), Message.content)
    visible = access.visible_messages(viewer, access.key(conversation_id), came).where(
        Message.seq == seq, Message.kind == MessageKind.MESSAGE
    )
    text: str | None = session.scalar(visible.outerjoin(InboundMail, InboundMail.message_id == Message.id))
    if text is None:
        raise NotFound
    return text
