"""Ids for conversations that are not written yet: files are stored under the id before the transaction that writes it.

PostgreSQL has a sequence for it. SQLite has none, and would give the highest id again: one row remembers the last.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import UpdateBase, bindparam, func, insert, select, text, update

from webapp.database import Id, is_postgresql, session
from webapp.messaging.models import Conversation, ConversationNumber
from webapp.prepared import write

_SEQUENCE = text("SELECT nextval(pg_get_serial_sequence('conversations', 'id')) FROM generate_series(1, :count)")


def take(count: int = 1) -> list[int]:
    """Return ids that no other conversation has or gets, in ascending order; gaps are allowed.

    On SQLite the transaction must be one of ``writing()``.
    """
    if is_postgresql():
        return list(session.scalars(_SEQUENCE, {"count": count}))
    asked = {"more": count}
    ((last,),) = write(_moved(), asked) or write(_first(), asked)
    return list(range(last - count + 1, last + 1))


_HIGHEST = select(func.coalesce(func.max(Conversation.id), 0)).scalar_subquery()
_MORE = bindparam("more", type_=Id)


@cache
def _moved() -> UpdateBase:
    last = func.max(ConversationNumber.last, _HIGHEST) + _MORE
    return update(ConversationNumber).values(last=last).returning(ConversationNumber.last)


@cache
def _first() -> UpdateBase:
    first = insert(ConversationNumber).from_select(["last"], select(_HIGHEST + _MORE))
    return first.returning(ConversationNumber.last)
