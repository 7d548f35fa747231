"""What operators need and no viewer may ask: the recount of what is unread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update

from webapp.database import reading, session, writing
from webapp.messaging import counters
from webapp.messaging.models import Conversation, ConversationParticipant, Inbox

BATCH = 500
_Row = ConversationParticipant
_RIGHT_UNREAD = case((_Row.left_at.is_(None), counters.unread_of(_Row, _Row.last_read_seq)), else_=0)


@dataclass(frozen=True, slots=True)
class Repair:
    """One counter that was wrong: whose, what it said and what it says after a repair."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} -> {self.after}"


@dataclass
class Recount:
    """How far a recount has come."""

    conversations: int = 0
    inboxes: int = 0


def recount(progress: Recount, *, repair: bool) -> Iterator[Repair]:
    """Compare every participant's count and every inbox's sums with the messages, and yield what is wrong.

    With ``repair`` the rows are set right, under the same locks as a message being sent. Each batch of 500 is a
    transaction of its own; do not open one around it.
    """
    for first, last, count in _batches(Conversation.id):
        yield from _recount_participants(_Row.conversation_id.between(first, last), repair)
        progress.conversations += count
    for first, last, count in _batches(Inbox.id):
        yield from _recount_inboxes(Inbox.id.between(first, last), repair)
        progress.inboxes += count


def _batches(key: Any) -> Iterator[tuple[int, int, int]]:
    """Walk a table by its key: first id, last id and number of rows of each batch."""
    last = 0
    while True:
        page = select(key.label("id")).where(key > last).order_by(key).limit(BATCH).subquery()
        with reading():
            first, last, count = session.execute(
                select(func.min(page.c.id), func.max(page.c.id), func.count(page.c.id))
            ).one()
        if not count:
            return
        yield first, last, count


def _recount_participants(batch: ColumnElement[bool], repair: bool) -> list[Repair]:
    wrong = and_(batch, _Row.unread_count != _RIGHT_UNREAD)
    statement = select(
        _Row.conversation_id,
        _Row.participant_type,
        _Row.participant_id,
        _Row.unread_count,
        _RIGHT_UNREAD.label("right"),
    ).where(wrong)
    with reading():
        found = session.execute(statement).all()
    if found and repair:
        with writing():
            _lock({row.conversation_id for row in found})
            found = session.execute(statement).all()
            session.execute(
                update(_Row)
                .where(wrong)
                .values(unread_count=_RIGHT_UNREAD)
                .execution_options(synchronize_session=False)
            )
    return [
        Repair(
            f"conversation {row.conversation_id}, {row.participant_type.value} {row.participant_id}",
            f"{row.unread_count} unread",
            str(row.right),
        )
        for row in found
    ]


def _lock(conversation_ids: set[int]) -> None:
    session.execute(
        select(Conversation.id).where(Conversation.id.in_(conversation_ids)).order_by(Conversation.id).with_for_update()
    )


def _recount_inboxes(batch: ColumnElement[bool], repair: bool) -> list[Repair]:
    messages, conversations = counters.unread_messages_of_inbox(), counters.unread_conversations_of_inbox()
    wrong = or_(Inbox.unread_messages != messages, Inbox.unread_conversations != conversations)
    statement: Select[Any] = select(
        Inbox.id,
        Inbox.participant_type,
        Inbox.participant_id,
        Inbox.unread_messages,
        Inbox.unread_conversations,
        messages.label("messages"),
        conversations.label("conversations"),
    ).where(batch, wrong)
    with reading():
        found = session.execute(statement).all()
    if found and repair:
        with writing():
            found = session.execute(statement.with_for_update(of=Inbox)).all()
            counters.recount_inboxes(Inbox.id.in_({row.id for row in found}))
    return [
        Repair(
            f"inbox of {row.participant_type.value} {row.participant_id}",
            f"{row.unread_messages} unread in {row.unread_conversations}",
            f"{row.messages} in {row.conversations}",
        )
        for row in found
    ]
