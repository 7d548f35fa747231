"""What must not outlive a message that was taken away, a person who was erased, or a conversation that is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from webapp.accounts.models import Side
from webapp.database import session
from webapp.messaging.events import Event, MessageTakenAway
from webapp.notifications.inbound.models import InboundMail
from webapp.notifications.models import Mail, OutboxEntry


def forget_text(happened: Event) -> None:
    """Listen to what is being written: the text of a mail goes with the message that was made of it."""
    if isinstance(happened, MessageTakenAway) and happened.is_whole:
        session.execute(update(InboundMail).where(InboundMail.message_id == happened.message_id).values(original=""))


def forget_sender(sides: tuple[Side, ...], person: int) -> None:
    """Take a person's address out of the mails that they sent in."""
    session.execute(
        update(InboundMail)
        .where(InboundMail.participant_type.in_(sides), InboundMail.participant_id == person)
        .values(sender="")
    )


def forget_conversations(ids: Sequence[int]) -> list[str]:
    """Delete the mails about these conversations, out and in; return the raw mails to delete after the commit."""
    raw = select(InboundMail.raw_path).where(InboundMail.conversation_id.in_(ids), InboundMail.raw_path.is_not(None))
    paths = [path for path in session.scalars(raw) if path]
    for table in (InboundMail, OutboxEntry, Mail):
        session.execute(delete(table).where(table.conversation_id.in_(ids)))
    return paths
