"""Who takes part in a conversation: joining, leaving, and the side that has nobody left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.models import Side, StoreMember, User, UserRole
from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, session
from webapp.messaging import access, counters
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    Inbox,
    Message,
    MessageKind,
)

Person = tuple[Side, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the viewer stands in a conversation, and whether the other side has anybody active."""

    is_participant: bool
    last_read_seq: int
    unread_count: int
    other_side_is_empty: bool


def standing(viewer: Viewer, conversation: Conversation) -> Standing:
    """Read the viewer's place and whether the other side is empty, in one statement."""
    row = ConversationParticipant
    own = access.is_own_participation(viewer)
    here = row.left_at.is_(None)
    mine = and_(own, here)
    active = and_(
        here,
        or_(
            row.participant_type == Side.CUSTOMER,
            row.participant_id.in_(_active_members(row.participant_type, conversation.store_id)),
        ),
    )
    others = row.participant_type != viewer.side
    found = session.execute(
        select(
            func.count(case((mine, 1))),
            func.coalesce(func.max(case((mine, row.last_read_seq))), 0),
            func.coalesce(func.max(case((mine, row.unread_count))), 0),
            func.count(case((and_(others, active), 1))),
        ).where(row.conversation_id == conversation.id)
    ).one()
    return Standing(found[0] > 0, found[1], found[2], found[3] == 0)


def fill_empty_side(viewer: Viewer, conversation: Conversation, known: Standing, moment: datetime) -> None:
    """Make the active members of the other side participants when it has no active one left.

    They begin after the last message that anybody on their side had read or written, so that nothing is missed.
    """
    (other,) = (side for side in access.sides(conversation.conversation_type) if side is not viewer.side)
    if not known.other_side_is_empty or other is Side.CUSTOMER:
        return
    members: Sequence[int] = session.scalars(
        _active_members(literal(other, Inbox.participant_type.type), conversation.store_id)
    ).all()
    read = select(func.max(ConversationParticipant.last_read_seq)).where(
        ConversationParticipant.conversation_id == conversation.id,
        ConversationParticipant.participant_type == other,
    )
    written = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation.id, Message.sender_type == other
    )
    row = session.execute(select(read.scalar_subquery(), written.scalar_subquery())).one()
    join(
        conversation,
        [(other, member) for member in members],
        moment,
        read_up_to=max(row[0] or 0, row[1] or 0),
    )


def join(
    conversation: Conversation,
    people: Iterable[Person],
    moment: datetime,
    read_up_to: int = 0,
) -> None:
    """Make people participants whose unread messages are those by others after ``read_up_to``; or bring them back."""
    people = sorted(set(people))
    if not people:
        return
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    tenant = conversation.store_id
    inboxes = [
        {
            "participant_type": side,
            "participant_id": person,
            "store_id": None if side is Side.ADMIN else tenant,
            "created_at": moment,
        }
        for side, person in people
    ]
    session.execute(
        insert(Inbox).on_conflict_do_nothing(),
        [{"unread_messages": 0, "unread_conversations": 0, "version": 0, **inbox} for inbox in inboxes],
    )
    theirs = and_(
        tuple_(Inbox.participant_type, Inbox.participant_id).in_(people),
        or_(Inbox.store_id == tenant, Inbox.participant_type == Side.ADMIN),
    )
    row = ConversationParticipant
    unread = (
        select(func.count())
        .where(
            Message.conversation_id == conversation.id,
            Message.kind == MessageKind.MESSAGE,
            Message.seq > read_up_to,
            or_(
                Message.sender_type != Inbox.participant_type,
                Message.sender_id != Inbox.participant_id,
            ),
        )
        .correlate(Inbox)
        .scalar_subquery()
    )
    copied: Select[tuple[object, ...]] = select(
        literal(conversation.id),
        Inbox.participant_type,
        Inbox.participant_id,
        literal(tenant),
        Inbox.id,
        literal(conversation.status, row.status.type),
        literal(conversation.conversation_type, row.conversation_type.type),
        literal(conversation.last_message_at, row.last_message_at.type),
        unread,
        literal(read_up_to),
        true(),
        literal(moment, row.joined_at.type),
    ).where(theirs)
    joined = insert(row).from_select(
        [
            "conversation_id",
            "participant_type",
            "participant_id",
            "store_id",
            "inbox_id",
            "status",
            "conversation_type",
            "last_message_at",
            "unread_count",
            "last_read_seq",
            "email_notifications",
            "joined_at",
        ],
        copied,
    )
    copies = ("inbox_id", "status", "last_message_at", "unread_count", "last_read_seq")
    session.execute(
        joined.on_conflict_do_update(
            index_elements=["conversation_id", "participant_type", "participant_id"],
            set_={"left_at": None, **{name: joined.excluded[name] for name in copies}},
            where=row.left_at.is_not(None),
        )
    )
    if conversation.message_count:
        counters.recount_inboxes(theirs)


def leave(side: Side, person: int, store_id: int | None, moment: datetime) -> None:
    """Take somebody whose membership or account ended out of their conversations of that store, or of all."""
    row = ConversationParticipant
    theirs = [
        row.participant_type == side,
        row.participant_id == person,
        row.left_at.is_(None),
    ]
    owner = [Inbox.participant_type == side, Inbox.participant_id == person]
    if store_id is not None:
        theirs.append(row.store_id == store_id)
        owner.append(Inbox.store_id == store_id)
    session.execute(update(row).where(*theirs).values(left_at=moment, inbox_id=None, unread_count=0))
    counters.recount_inboxes(and_(*owner))


def _active_members(side: Any, store_id: int) -> Select[int]:
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
