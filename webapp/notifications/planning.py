"""From outbox rows to mails: what belongs together becomes one mail, what must wait is given a time, the rest goes.

One planner works at a time, in one short transaction, so that no two mails hold the same message for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update

from webapp.accounts.models import Side
from webapp.database import is_postgresql, now, reading, session, writing
from webapp.messaging.models import ConversationParticipant
from webapp.notifications import message_ids, options
from webapp.notifications.models import Frequency, Mail, MailKind, MailState, OutboxEntry
from webapp.notifications.options import Options
from webapp.notifications.preferences import Person, Wishes, wishes_of

PEOPLE_AT_ONCE = 200
_PLANNER = 0x9A41E7
"""The advisory lock of PostgreSQL that makes a process the planner."""

_Entry, _Row = OutboxEntry, ConversationParticipant


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One outbox row with what decides about it."""

    message_id: int
    conversation_id: int
    store_id: int
    person: Person
    is_due: bool
    for_digest: bool
    is_wanted: bool


def plan() -> int:
    """Turn what is due into mails, for up to 200 people; return how many people there were.

    Looks without a write lock first: mostly there is nothing to do.
    """
    with reading():
        chosen = options.read()
        if session.scalar(select(_Entry.message_id).where(_is_due(chosen, now())).limit(1)) is None:
            return 0
    with writing():
        if is_postgresql() and not session.scalar(select(func.pg_try_advisory_xact_lock(_PLANNER))):
            return 0
        return _plan(chosen, now())


def _plan(chosen: Options, moment: datetime) -> int:
    key = tuple_(_Entry.participant_type, _Entry.participant_id)
    due = select(_Entry.participant_type, _Entry.participant_id).where(_is_due(chosen, moment)).distinct()
    people = {(row.participant_type, row.participant_id) for row in session.execute(due.limit(PEOPLE_AT_ONCE))}
    if not people:
        return 0
    waiting = _read(key.in_(list(people)), chosen, moment)
    wishes, mailed = wishes_of(people), _mailed_lately(people, moment)
    for person, group in groupby(waiting, key=lambda entry: entry.person):
        entries = list(group)
        theirs = wishes.get(person, Wishes(Frequency.NONE))
        unwanted = [entry for entry in entries if theirs.frequency is Frequency.NONE or not entry.is_wanted]
        _forget(unwanted)
        left = [entry for entry in entries if entry not in unwanted]
        _plan_person(person, theirs, left, chosen, moment, chosen.most_per_hour - mailed.get(person, 0))
    return len(people)


def _plan_person(
    person: Person, wishes: Wishes, entries: list[_Waiting], chosen: Options, moment: datetime, left: int
) -> None:
    """Decide for one person: quiet hours before digests, digests before single mails, and those up to the cap."""
    due = [entry for entry in entries if entry.is_due]
    if not due:
        return
    if quiet_end := wishes.quiet_end(moment):
        _postpone(due, quiet_end)
        return
    if digest := [entry for entry in due if entry.for_digest]:
        _make_digests(person, entries, digest, moment)
        return
    if wishes.frequency is not Frequency.AT_ONCE:
        _postpone(due, wishes.next_digest(moment, chosen.digest_hour), for_digest=True)
        return
    talks = {entry.conversation_id for entry in due}
    for number, talk in enumerate(sorted(talks)):
        together = [entry for entry in entries if entry.conversation_id == talk and not entry.for_digest]
        if number < left:
            _make(MailKind.NEW_MESSAGE, person, moment, together)
        else:
            _postpone(together, Wishes(Frequency.HOURLY).next_digest(moment, 0), for_digest=True)


def _make_digests(person: Person, entries: Iterable[_Waiting], due: Iterable[_Waiting], moment: datetime) -> None:
    """Make one digest of all that waits; one for each store of a store user, since they act in one at a time."""
    waiting = list(entries)
    if person[0] is Side.ADMIN:
        _make(MailKind.DIGEST, person, moment, waiting)
        return
    for store_id in sorted({entry.store_id for entry in due}):
        _make(MailKind.DIGEST, person, moment, [entry for entry in waiting if entry.store_id == store_id])


def _make(kind: MailKind, person: Person, moment: datetime, entries: Sequence[_Waiting]) -> None:
    first, single = entries[0], kind is MailKind.NEW_MESSAGE
    made_of = message_ids.of if single else message_ids.of_digest
    mail = Mail(
        kind=kind,
        participant_type=person[0],
        participant_id=person[1],
        store_id=None if person[0] is Side.ADMIN else first.store_id,
        conversation_id=first.conversation_id if single else None,
        message_id=made_of(first.message_id, person),
        state=MailState.PENDING,
        due_at=moment,
    )
    session.add(mail)
    session.flush()
    session.execute(update(_Entry).where(_these(entries)).values(mail_id=mail.id))


def _postpone(entries: Sequence[_Waiting], until: datetime, *, for_digest: bool | None = None) -> None:
    values: dict[str, Any] = {"waits_until": until}
    if for_digest is not None:
        values["for_digest"] = for_digest
    session.execute(update(_Entry).where(_these(entries)).values(**values))


def _forget(entries: Sequence[_Waiting]) -> None:
    if entries:
        session.execute(delete(_Entry).where(_these(entries)))


def _these(entries: Sequence[_Waiting]) -> ColumnElement[bool]:
    side, number = entries[0].person
    return and_(
        _Entry.participant_type == side,
        _Entry.participant_id == number,
        _Entry.message_id.in_([entry.message_id for entry in entries]),
        _Entry.mail_id.is_(None),
    )


def _is_due(chosen: Options, moment: datetime) -> ColumnElement[bool]:
    return and_(
        _Entry.mail_id.is_(None),
        or_(
            and_(_Entry.waits_until.is_(None), _Entry.created_at <= moment - chosen.coalesce),
            _Entry.waits_until <= moment,
        ),
    )


def _read(of_people: ColumnElement[bool], chosen: Options, moment: datetime) -> list[_Waiting]:
    """Read all that waits for some people, person by person in the order of the messages."""
    here = and_(
        _Row.conversation_id == _Entry.conversation_id,
        _Row.participant_type == _Entry.participant_type,
        _Row.participant_id == _Entry.participant_id,
    )
    wanted = and_(_Row.left_at.is_(None), _Row.email_notifications, _Row.last_read_seq < _Entry.seq)
    rows = session.execute(
        select(
            _Entry.message_id,
            _Entry.conversation_id,
            _Entry.store_id,
            _Entry.participant_type,
            _Entry.participant_id,
            _Entry.for_digest,
            _is_due(chosen, moment).label("is_due"),
            func.coalesce(wanted, False).label("is_wanted"),
        )
        .outerjoin(_Row, here)
        .where(of_people, _Entry.mail_id.is_(None))
        .order_by(_Entry.participant_type, _Entry.participant_id, _Entry.message_id)
    )
    return [
        _Waiting(
            row.message_id,
            row.conversation_id,
            row.store_id,
            (row.participant_type, row.participant_id),
            bool(row.is_due),
            row.for_digest,
            bool(row.is_wanted),
        )
        for row in rows
    ]


def _mailed_lately(people: set[Person], moment: datetime) -> dict[Person, int]:
    """Count the mails that each person was made within the last hour."""
    key = tuple_(Mail.participant_type, Mail.participant_id)
    counted = session.execute(
        select(Mail.participant_type, Mail.participant_id, func.count())
        .where(
            key.in_(list(people)),
            Mail.created_at > moment - timedelta(hours=1),
            Mail.state != MailState.SKIPPED,
        )
        .group_by(Mail.participant_type, Mail.participant_id)
    )
    return {(row[0], row[1]): row[2] for row in counted}
