"""What is deleted with time: raw mails that came in after thirty days, and mails that are done with."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from webapp.attachments import storage
from webapp.database import now, reading, session, writing
from webapp.notifications.inbound.models import InboundMail, InboundState
from webapp.notifications.models import Mail, MailState, OutboxEntry

RAW_KEPT, SENT_KEPT = timedelta(days=30), timedelta(days=30)
BATCH = 500


def tidy() -> None:
    """Delete what is old enough, in short transactions. The text of what was posted stays: see originals."""
    while _delete_raw_mails() == BATCH:
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


def _delete_mails() -> int:
    done = Mail.state.in_([MailState.SENT, MailState.SKIPPED, MailState.DROPPED])
    old = select(Mail.id).where(done, Mail.created_at < now() - SENT_KEPT).limit(BATCH)
    with reading():
        ids = list(session.scalars(old))
    if ids:
        with writing():
            session.execute(delete(OutboxEntry).where(OutboxEntry.mail_id.in_(ids)))
            session.execute(delete(Mail).where(Mail.id.in_(ids)))
    return len(ids)
