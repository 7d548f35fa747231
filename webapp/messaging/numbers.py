"""Ids for conversations that are not written yet: files are stored under the id before the transaction that writes it.

PostgreSQL has a sequence for it. SQLite has none, and would give the highest id again: one row remembers the last.
"""

from __future__ import annotations

from sqlalchemy import func, insert, literal, select, text, update

from webapp.database import is_postgresql, session
from webapp.messaging.models import Conversation, ConversationNumber

_SEQUENCE = text("SELECT nextval(pg_get_serial_sequence('conversations', 'id')) FROM generate_series(1, :count)")


def take(count: int = 1) -> list[int]:
    """Return ids that no other conversation has or gets, in ascending order; gaps are allowed.

    On SQLite the transaction must be one of ``writing()``.
    """
    if is_postgresql():
        return list(session.scalars(_SEQUENCE, {"count": count}))
    highest = select(func.coalesce(func.max(Conversation.id), 0)).scalar_subquery()
    moved = update(ConversationNumber).values(last=func.max(ConversationNumber.last, highest) + count)
    last: int | None = session.scalar(moved.returning(ConversationNumber.last))
    if last is None:
        first = insert(ConversationNumber).from_select(["last"], select(highest + literal(count)))
        last = session.scalars(first.returning(ConversationNumber.last)).one()
    return list(range(last - count + 1, last + 1))
