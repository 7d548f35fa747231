"""Where somebody stands in a conversation: all that a verb needs to know before it writes, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, null, or_, select

from webapp.accounts.models import Side, StoreMember, User, UserRole
from webapp.accounts.viewer import Viewer
from webapp.messaging import access, asking, unsent
from webapp.messaging.asking import Anybody, AnyConversation
from webapp.messaging.models import Conversation, ConversationParticipant, KeptDraft, Message
from webapp.messaging.moderation_models import Block
from webapp.prepared import read


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the viewer stands in a conversation, what they sent under a key, and whether the other side has anybody."""

    is_participant: bool
    last_read_seq: int
    unread_count: int
    other_side_is_empty: bool
    sent_before: int | None
    """The id of the message that the viewer sent to the conversation under this key."""
    has_draft: bool
    is_blocked: bool
    """Whether the other side has kept the viewer from writing in this channel."""


def standing_of(viewer: Viewer, conversation: Conversation, client_key: str | None = None) -> Standing:
    """Read all that a verb needs to know before it writes to a locked conversation, in one statement."""
    asked = {**asking.as_parameters(viewer, conversation), "sent_under": client_key}
    (found,) = read(_standing(viewer.side, keyed=client_key is not None), asked)
    return Standing(found[0] > 0, found[1], found[2], found[3] == 0, found[4], bool(found[5]), bool(found[6]))


@cache
def _standing(side: Side, *, keyed: bool) -> Select[Any]:
    row, viewer, conversation = ConversationParticipant, Anybody(side), AnyConversation
    here = row.left_at.is_(None)
    mine = and_(access.is_own_participation(viewer), here)
    active = and_(
        here,
        or_(
            row.participant_type == Side.CUSTOMER,
            # by each one's key: SQLite would list all users again for everybody who takes part
            active_members(row.participant_type, conversation.store_id).where(User.id == row.participant_id).exists(),
        ),
    )
    sent = select(Message.id).where(
        Message.sender_type == side,
        Message.sender_id == viewer.id,
        Message.conversation_id == conversation.id,
        Message.client_key == bindparam("sent_under", type_=Message.client_key.type),
    )
    return select(
        func.count(case((mine, 1))),
        func.coalesce(func.max(case((mine, row.last_read_seq))), 0),
        func.coalesce(func.max(case((mine, row.unread_count))), 0),
        func.count(case((and_(row.participant_type != side, active), 1))),
        sent.scalar_subquery() if keyed else null(),
        exists().where(unsent.is_own(viewer), KeptDraft.conversation_id == conversation.id),
        exists().where(
            Block.store_id == conversation.store_id,
            Block.channel == conversation.conversation_type,
            Block.blocked_side == side,
            Block.blocked_id == viewer.id,
        ),
    ).where(row.conversation_id == conversation.id)


def active_members(side: Any, store_id: Any) -> Select[int]:
    """The ids of the users who are active on a side of a store's conversations; the side is SQL."""
    return (
        select(User.id)
        .outerjoin(
            StoreMember,
            and_(StoreMember.user_id == User.id, StoreMember.store_id == store_id),
        )
        .where(
            User.is_active,
            or_(
                and_(side == Side.ADMIN, User.role == UserRole.ADMIN),
                and_(side == Side.STORE, StoreMember.is_active),
            ),
        )
    )
