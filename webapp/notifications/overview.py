"""What admins see of the mails that leave and come in, and what they may do: try again, or drop.

Nothing here names a conversation: most of them are none of the platform's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from webapp.accounts.models import Customer, Side, User
from webapp.database import now, session
from webapp.notifications.inbound.models import InboundMail, InboundState
from webapp.notifications.models import Mail, MailKind, MailState, OutboxEntry

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """How the queue stands."""

    waiting: int
    """Outbox rows that have not become a mail: they wait for more messages, a digest or the end of quiet hours."""
    pending: int
    retrying: int
    dead: int
    held: int
    sent_lately: int
    """In the last 24 hours."""
    oldest_due: datetime | None
    """Since when the mail waits that is due for the longest time."""

    def is_stuck(self, moment: datetime) -> bool:
        """Tell whether nobody seems to send: a mail has been due for longer than a claim lasts."""
        return self.oldest_due is not None and moment - self.oldest_due > timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ListedMail:
    """A mail as the page lists it; the error is whatever the other side said."""

    id: int
    kind: MailKind
    state: MailState
    recipient: str
    tries: int
    due_at: datetime
    created_at: datetime
    error: str


def figures() -> Figures:
    """Count the queue, in three statements."""
    moment = now()
    states = {row[0]: row[1] for row in session.execute(select(Mail.state, func.count()).group_by(Mail.state))}
    retrying = and_(Mail.state == MailState.PENDING, Mail.error != "")
    due = and_(Mail.state == MailState.PENDING, Mail.due_at <= moment)
    lately = and_(Mail.state == MailState.SENT, Mail.sent_at > moment - timedelta(days=1))
    row = session.execute(
        select(
            select(func.count()).select_from(OutboxEntry).where(OutboxEntry.mail_id.is_(None)).scalar_subquery(),
            select(func.count()).select_from(Mail).where(retrying).scalar_subquery(),
            select(func.count()).select_from(Mail).where(lately).scalar_subquery(),
            select(func.count())
            .select_from(InboundMail)
            .where(InboundMail.state == InboundState.HELD)
            .scalar_subquery(),
        )
    ).one()
    oldest = session.scalar(select(func.min(Mail.due_at)).where(due))
    pending, dead = states.get(MailState.PENDING, 0), states.get(MailState.DEAD, 0)
    return Figures(row[0], pending, row[1], dead, row[3], row[2], oldest)


def listed() -> list[ListedMail]:
    """Return the mails that need a look: the dead letters, then those that are being tried again, newest first."""
    is_customer = Mail.participant_type == Side.CUSTOMER
    rows = session.execute(
        select(Mail, func.coalesce(Customer.email, User.email, "").label("recipient"))
        .outerjoin(Customer, and_(is_customer, Customer.id == Mail.participant_id))
        .outerjoin(User, and_(~is_customer, User.id == Mail.participant_id))
        .where(or_(Mail.state == MailState.DEAD, and_(Mail.state == MailState.PENDING, Mail.error != "")))
        .order_by(Mail.state, Mail.id.desc())
        .limit(SHOWN)
    )
    return [
        ListedMail(mail.id, mail.kind, mail.state, recipient, mail.tries, mail.due_at, mail.created_at, mail.error)
        for mail, recipient in rows
    ]


def held() -> list[InboundMail]:
    """Return the mails that came in and were not posted, newest first."""
    rows = select(InboundMail).where(InboundMail.state == InboundState.HELD)
    return list(session.scalars(rows.order_by(InboundMail.id.desc()).limit(SHOWN)))


def retry(mail_id: int) -> bool:
    """Send a mail now that waits or was given up, with all its tries before it; False when there is none."""
    return _changed(mail_id, state=MailState.PENDING, due_at=now(), tries=0)


def drop(mail_id: int) -> bool:
    """Give a mail up for good; False when there is none, or it is on its way."""
    return _changed(mail_id, state=MailState.DROPPED)


def retry_held(inbound_id: int) -> bool:
    """Try to post a held mail once more; False when there is none."""
    return _changed_held(inbound_id, state=InboundState.RECEIVED, tries=0, claimed_until=None)


def drop_held(inbound_id: int) -> bool:
    """Do not post a held mail; False when there is none."""
    return _changed_held(inbound_id, state=InboundState.DROPPED, reason="Dropped by an admin")


def _changed(mail_id: int, **values: Any) -> bool:
    changeable = and_(
        Mail.id == mail_id,
        Mail.state.in_([MailState.PENDING, MailState.DEAD]),
        or_(Mail.claimed_until.is_(None), Mail.claimed_until <= now()),
    )
    changed = update(Mail).where(changeable).values(claim=None, claimed_until=None, **values).returning(Mail.id)
    return session.execute(changed).first() is not None


def _changed_held(inbound_id: int, **values: Any) -> bool:
    held_one = and_(InboundMail.id == inbound_id, InboundMail.state == InboundState.HELD)
    return (
        session.execute(update(InboundMail).where(held_one).values(**values).returning(InboundMail.id)).first()
        is not None
    )
