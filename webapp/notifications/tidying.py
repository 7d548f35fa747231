"""What is deleted after thirty days: raw mails and texts that were not posted, and mails that are done with."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, not_, or_, select, update

from webapp.attachments import storage
from webapp.database import now, reading, session, writing
from webapp.messaging import retention
from webapp.messaging.models import Conversation
from webapp.notifications.inbound.models import InboundMail, InboundState
from webapp.notifications.models import Mail, MailState, OutboxEntry

RAW_KEPT, SENT_KEPT = timedelta(days=30), timedelta(days=30)
BATCH = 500


def tidy() -> None:
    """Delete what is old enough, in short transactions. The text of what was posted stays: see originals."""
    while _delete_raw_mails() == BATCH:
        continue
    while _forget_what_was_not_posted() == BATCH:
        continue
    while _delete_mails() == BATCH:
        continue


def _delete_raw_mails() -> int:
    """Row before file: a crash in between leaves a file without a row, never a row without its file."""
    old = (
        InboundMail.raw_path.is_not(None)
        & (InboundMail.created_at < now() - RAW_KEPT)
        & (InboundMail.state != InboundState.RECEIVED)
    )
    with reading():
        found = session.execute(select(InboundMail.id, InboundMail.raw_path).where(old).limit(BATCH)).all()
    if found:
        with writing():
            ids = [row.id for row in found]
            session.execute(update(InboundMail).where(InboundMail.id.in_(ids)).values(raw_path=None))
        for row in found:
            storage.current().delete(row.raw_path)
    return len(found)


def _forget_what_was_not_posted() -> int:
    """Nobody can post it any more without its raw mail. What a legal hold keeps is kept."""
    of_it = select(Conversation.id).where(Conversation.id == InboundMail.conversation_id)
    old = (
        InboundMail.state.in_([InboundState.HELD, InboundState.DROPPED])
        & (InboundMail.created_at < now() - RAW_KEPT)
        & or_(InboundMail.original != "", InboundMail.sender != "")
        & not_(of_it.where(retention.is_held()).exists())
    )
    with reading():
        ids = list(session.scalars(select(InboundMail.id).where(old).limit(BATCH)))
    if ids:
        with writing():
            session.execute(update(InboundMail).where(InboundMail.id.in_(ids)).values(original="", sender=""))
    return len(ids)


def _delete_mails() -> int:
    done = Mail.state.in_([MailState.SENT, MailState.SKIPPED, MailState.DROPPED, MailState.DEAD])
    old = select(Mail.id).where(done, Mail.created_at < now() - SENT_KEPT).limit(BATCH)
    with reading():
        ids = list(session.scalars(old))
    if ids:
        with writing():
            session.execute(delete(OutboxEntry).where(OutboxEntry.mail_id.in_(ids)))
            session.execute(delete(Mail).where(Mail.id.in_(ids)))
    return len(ids)
