"""Bringing somebody who left back into their conversations: the other half of ``membership.leave``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select, update

from webapp.accounts.models import Side, StoreMember, User
from webapp.database import is_postgresql, session
from webapp.messaging import asking, counters, locks
from webapp.messaging.models import Conversation, ConversationParticipant, Inbox

_Row = ConversationParticipant


def come_back(side: Side, person: int, store_id: int | None) -> int:
    """Undo ``membership.leave``: bring somebody back into the conversations they left; return how many.

    A store user comes back to stores whose member they are. What others wrote meanwhile is unread. Who leaves at the
    same moment leaves afterwards: in a conversation that was not locked a message may be on its way.
    """
    theirs = [_Row.participant_type == side, _Row.participant_id == person, _Row.left_at.is_not(None)]
    owner = [Inbox.participant_type == side, Inbox.participant_id == person]
    if side is Side.STORE:
        member_of = (
            select(StoreMember.store_id)
            .join(User, and_(User.id == StoreMember.user_id, User.is_active))
            .where(StoreMember.user_id == person, StoreMember.is_active)
        )
        theirs.append(_Row.store_id.in_(member_of))
    if store_id is not None:
        theirs.append(_Row.store_id == store_id)
        owner.append(Inbox.store_id == store_id)
    locked = session.scalars(
        select(Conversation.id)
        .where(Conversation.id.in_(select(_Row.conversation_id).where(*theirs)))
        .order_by(Conversation.id)
        .with_for_update()
    ).all()
    locks.lock_inboxes(and_(*owner))
    inbox = (
        select(Inbox.id)
        .where(*owner, or_(Inbox.store_id == _Row.store_id, Inbox.store_id.is_(None)))
        .correlate(_Row)
        .scalar_subquery()
    )
    returned = session.execute(
        update(_Row)
        .where(*theirs, _Row.conversation_id.in_(asking.given_ids("locked", postgresql=is_postgresql())))
        .values(
            left_at=None,
            inbox_id=inbox,
            last_message_at=_of_conversation(Conversation.last_message_at),
            unread_count=counters.unread_of(_Row, _Row.last_read_seq),
        )
        .returning(_Row.conversation_id)
        .execution_options(synchronize_session=False),
        {"locked": asking.ids_as_parameter(locked, postgresql=is_postgresql())},
    ).all()
    counters.recount_inboxes(and_(*owner))
    return len(returned)


def _of_conversation(column: Any) -> Any:
    return select(column).where(Conversation.id == _Row.conversation_id).correlate(_Row).scalar_subquery()
