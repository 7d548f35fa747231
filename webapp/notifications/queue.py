"""The queue of mails: claim some for two minutes, say what came of each, and what admins see of it and do to it."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from webapp.database import now, reading, session, writing
from webapp.notifications import office
from webapp.notifications.models import Mail, MailState

LEASE = timedelta(minutes=2)
JITTER = 0.2
"""A wait may be this much longer, so that what failed together does not come back together."""

ERROR_LENGTH = 1000
POISON_TRIES = 3
"""How often a mail that breaks our own code is tried."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker may work on until the claim runs out."""

    mail: Mail


def claim(most: int) -> list[Claimed]:
    """Claim the mails that are due, the longest waiting first; nobody else gets them until the lease runs out."""
    with reading():
        if session.scalar(select(Mail.id).where(_is_free(now())).limit(1)) is None:
            return []
    with writing():
        moment, token = now(), str(uuid.uuid4())
        free = (
            select(Mail.id)
            .where(_is_free(moment))
            .order_by(Mail.due_at, Mail.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        claimed = session.scalars(
            update(Mail).where(Mail.id.in_(free)).values(claim=token, claimed_until=moment + LEASE).returning(Mail),
            execution_options={"synchronize_session": False, "populate_existing": True},
        ).all()
        session.expunge_all()
    return [Claimed(mail) for mail in sorted(claimed, key=lambda mail: (mail.due_at, mail.id))]


def begin(claimed: Claimed) -> bool:
    """Count a try and claim the mail for two more minutes from now; False when the claim was lost meanwhile.

    Counted here and not with the claim: a mail that ends its worker must not use up the tries of those beside it.
    """
    with writing():
        tries = session.scalar(
            update(Mail)
            .where(Mail.id == claimed.mail.id, Mail.claim == claimed.mail.claim, Mail.state == MailState.PENDING)
            .values(tries=Mail.tries + 1, claimed_until=now() + LEASE)
            .returning(Mail.tries)
        )
    if tries is not None:
        claimed.mail.tries = tries
    return tries is not None


def most_tries() -> int:
    """Return how often a mail is tried: at once, and after each of the waits."""
    return len(office.current().retry_seconds) + 1


def sent(claimed: Claimed) -> bool:
    """Note that the mail is gone; False when the claim was lost meanwhile."""
    return _settle(claimed, state=MailState.SENT, sent_at=now(), error="")


def skipped(claimed: Claimed, reason: str) -> bool:
    """Note that there was nothing to say any more."""
    return _settle(claimed, state=MailState.SKIPPED, error=reason)


def failed(claimed: Claimed, reason: str, *, for_good: bool = False, most_allowed: int | None = None) -> bool:
    """Note a failure: the mail waits for its next try, or is given up after the last."""
    waits = office.current().retry_seconds
    tries = claimed.mail.tries
    most = min(most_allowed or most_tries(), most_tries())
    error = reason[:ERROR_LENGTH]
    if for_good or tries >= most:
        return _settle(claimed, state=MailState.DEAD, error=error)
    wait = waits[tries - 1] * (1 + random.random() * JITTER)  # noqa: S311 - no secret
    return _settle(claimed, due_at=now() + timedelta(seconds=wait), error=error)


def released(claimed: Claimed) -> bool:
    """Give a mail back that this worker did not come to."""
    return _settle(claimed)


def _settle(claimed: Claimed, **values: object) -> bool:
    with writing():
        result = session.execute(
            update(Mail)
            .where(Mail.id == claimed.mail.id, Mail.claim == claimed.mail.claim)
            .values(claim=None, claimed_until=None, **values)
            .returning(Mail.id)
        )
        return result.first() is not None


def _is_free(moment: datetime) -> ColumnElement[bool]:
    return (
        (Mail.state == MailState.PENDING)
        & (Mail.due_at <= moment)
        & or_(Mail.claimed_until.is_(None), Mail.claimed_until <= moment)
    )
