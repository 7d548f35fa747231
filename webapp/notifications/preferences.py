"""When somebody wants to be told: at once, in digests or not at all, and never in their quiet hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, tuple_, update

from webapp.accounts.models import Customer, Side, User
from webapp.database import session
from webapp.messaging.models import ConversationParticipant
from webapp.notifications.models import EmailPreference, Frequency

Person = tuple[Side, int]
"""A side and the id of a user or a customer."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one person wants to hear of new messages. Hours are those of their zone."""

    frequency: Frequency = Frequency.AT_ONCE
    quiet_from: int | None = None
    quiet_until: int | None = None
    timezone: str = "UTC"

    def quiet_end(self, moment: datetime) -> datetime | None:
        """Return when the quiet hours end in which the moment lies; None when it lies in none.

        From 22 until 7 goes over midnight; the same hour twice is the whole day but that hour's beginning, so never
        for ever.
        """
        if self.quiet_from is None or self.quiet_until is None:
            return None
        local = moment.astimezone(zone(self.timezone))
        if not _within(local.hour, self.quiet_from, self.quiet_until):
            return None
        return _next(local, self.quiet_until)

    def next_digest(self, moment: datetime, digest_hour: int) -> datetime:
        """Return when the next digest is due: the next full hour, or the next time the digest's hour strikes."""
        local = moment.astimezone(zone(self.timezone))
        if self.frequency is Frequency.DAILY:
            return _next(local, digest_hour)
        return (moment + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name, UTC for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def wishes_of(people: set[Person]) -> dict[Person, Wishes]:
    """Read how these people want to hear of new messages; those whose account is gone are left out."""
    users = {person for side, person in people if side is not Side.CUSTOMER}
    customers = {person for side, person in people if side is Side.CUSTOMER}
    zones = {(Side.CUSTOMER, row.id): row.timezone for row in _zones(Customer, customers)}
    zones |= {(side, row.id): row.timezone for row in _zones(User, users) for side in (Side.ADMIN, Side.STORE)}
    key = tuple_(EmailPreference.participant_type, EmailPreference.participant_id)
    stored = session.scalars(select(EmailPreference).where(key.in_(list(people)))).all() if people else []
    chosen = {(row.participant_type, row.participant_id): row for row in stored}
    return {person: _wishes(chosen.get(person), zones[person]) for person in people if person in zones}


def choose(person: Person, wishes: Wishes) -> None:
    """Remember how somebody wants to hear of new messages."""
    row = session.get(EmailPreference, person)
    if row is None:
        row = EmailPreference(participant_type=person[0], participant_id=person[1])
        session.add(row)
    row.frequency, row.quiet_from, row.quiet_until = wishes.frequency, wishes.quiet_from, wishes.quiet_until
    session.flush()


def end(person: Person, conversation_id: int | None) -> None:
    """End somebody's mails about one conversation, or all of them. What is theirs to switch, and nothing else."""
    if conversation_id is None:
        found = wishes_of({person}).get(person)
        if found:
            choose(person, replace(found, frequency=Frequency.NONE))
        return
    session.execute(
        update(ConversationParticipant)
        .where(
            ConversationParticipant.conversation_id == conversation_id,
            ConversationParticipant.participant_type == person[0],
            ConversationParticipant.participant_id == person[1],
        )
        .values(email_notifications=False)
    )


def _zones(account: type[User] | type[Customer], ids: set[int]) -> list[Any]:
    return list(session.execute(select(account.id, account.timezone).where(account.id.in_(ids)))) if ids else []


def _wishes(row: EmailPreference | None, timezone: str) -> Wishes:
    return Wishes(row.frequency, row.quiet_from, row.quiet_until, timezone) if row else Wishes(timezone=timezone)


def _within(hour: int, first: int, end: int) -> bool:
    return first <= hour < end if first < end else hour >= first or hour < end


def _next(local: datetime, hour: int) -> datetime:
    """Return the next moment at which this hour strikes, by the clock on the wall."""
    strike = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if strike <= local:
        strike = (strike + timedelta(days=1)).replace(hour=hour)
    return strike
