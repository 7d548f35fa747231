"""Who takes part in a conversation: joining, leaving, and the side that has nobody left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, session
from webapp.messaging import access, counters, locks
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    Inbox,
    Message,
    MessageKind,
)
from webapp.messaging.standing import Standing, active_members

Person = tuple[Side, int]


def missing_side(viewer: Viewer, conversation: Conversation, known: Standing) -> list[Person]:
    """Return the active members of the other side when it has no active participant left; else nobody."""
    (other,) = (side for side in access.sides(conversation.conversation_type) if side is not viewer.side)
    if not known.other_side_is_empty or other is Side.CUSTOMER:
        return []
    members = session.scalars(active_members(literal(other, Inbox.participant_type.type), conversation.store_id))
    return [(other, member) for member in members]


def handled_up_to(conversation: Conversation, side: Side) -> int:
    """Return the last message that anybody on the side had read or written: those who step in begin after it."""
    read = select(func.max(ConversationParticipant.last_read_seq)).where(
        ConversationParticipant.conversation_id == conversation.id,
        ConversationParticipant.participant_type == side,
    )
    written = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation.id, Message.sender_type == side
    )
    row = session.execute(select(read.scalar_subquery(), written.scalar_subquery())).one()
    return max(row[0] or 0, row[1] or 0)


def make_inboxes(owners: Iterable[tuple[Person, int | None]], moment: datetime) -> None:
    """Make the inboxes that are missing; each owner is a person and, but for admins, the store they act in."""
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    empty = {"unread_messages": 0, "unread_conversations": 0, "version": 0, "created_at": moment}
    session.execute(
        insert(Inbox).on_conflict_do_nothing(),
        [
            {"participant_type": side, "participant_id": person, "store_id": store_id, **empty}
            for (side, person), store_id in owners
        ],
    )


def tenant_of(person: Person, store_id: int) -> int | None:
    """Return the store of a person's inbox for conversations of that store: an admin has one inbox for all."""
    return None if person[0] is Side.ADMIN else store_id


def lock(conversation: Conversation, joining: Iterable[Person], moment: datetime) -> None:
    """Lock the inboxes of a conversation and of those who are about to join it, making theirs when they have none.

    When nobody joins, the conversation's are locked as its next number is taken: see ``log``.
    """
    people, store_id = sorted(set(joining)), conversation.store_id
    if not people:
        return
    make_inboxes([(person, tenant_of(person, store_id)) for person in people], moment)
    locks.lock_inboxes(or_(locks.inboxes_of(conversation), _owned_by(people, store_id)))


def join(conversation: Conversation, people: Iterable[Person], moment: datetime, read_up_to: int = 0) -> None:
    """Make people participants whose unread messages are those by others after ``read_up_to``; or bring them back.

    Their inboxes were locked with the conversation's: see ``lock``.
    """
    people = sorted(set(people))
    if not people:
        return
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    tenant = conversation.store_id
    theirs = _owned_by(people, tenant)
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


def switch_emails(viewer: Viewer, conversation: Conversation, wanted: bool) -> None:
    """Switch the viewer's e-mails about a conversation in which they take part."""
    row = ConversationParticipant
    own = (row.conversation_id == conversation.id, access.is_own_participation(viewer), row.left_at.is_(None))
    session.execute(update(row).where(*own).values(email_notifications=wanted))


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
    locks.lock_inboxes(and_(*owner))
    session.execute(update(row).where(*theirs).values(left_at=moment, inbox_id=None, unread_count=0))
    counters.recount_inboxes(and_(*owner))


def _owned_by(people: Iterable[Person], store_id: int) -> ColumnElement[bool]:
    return and_(
        tuple_(Inbox.participant_type, Inbox.participant_id).in_(list(people)),
        or_(Inbox.store_id == store_id, Inbox.participant_type == Side.ADMIN),
    )
