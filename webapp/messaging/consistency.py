"""What must hold between the tables and no constraint can say: a query per rule, selecting what breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, case, exists, func, not_, or_, select, union
from sqlalchemy.orm import aliased

from webapp.accounts.models import Customer, Side, StoreMember, User, UserRole
from webapp.attachments.models import MessageAttachment
from webapp.database import reading, session
from webapp.messaging import access
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
    EventWord,
    Inbox,
    Message,
    MessageKind,
)
from webapp.messaging.text import preview_of

BATCH = 500
Rows = Select[Any] | CompoundSelect[Any]
_Row = ConversationParticipant


def rules() -> list[tuple[str, str, Rows]]:
    """Return each rule in words, what its query selects, and the query."""
    return [
        ("messages are numbered from 1 without gaps", "conversation", _gaps()),
        ("a closed conversation ends with its close event", "conversation", _status_against_events()),
        ("no message follows a close", "conversation", _messages_after_a_close()),
        ("participants carry their conversation's status, channel and time", "conversation", _stale_copies()),
        ("a conversation's customer takes part in it, and no other", "conversation", _wrong_customers()),
        ("participants and senders are of the channel's sides and exist", "conversation", _strangers()),
        ("read marks are within the conversation", "conversation", _marks_beyond_the_end()),
        ("every inbox belongs to somebody", "inbox", _ownerless_inboxes()),
    ]


def broken(rows: Rows, shown: int = 5) -> tuple[int, list[int]]:
    """Return how many break a rule, and the ids of the first few."""
    found = rows.subquery()
    key = found.c[0]
    with reading():
        count = session.scalar(select(func.count(key.distinct()))) or 0
        ids = session.scalars(select(key).distinct().order_by(key).limit(shown)).all() if count else []
    return count, list(ids)


def conversations_unlike_their_messages() -> Iterator[int]:
    """Yield the conversations whose last number, count, time, preview or sender is not that of their messages."""
    last = 0
    while True:
        with reading():
            rows = session.execute(_against_messages(last)).all()
        if not rows:
            return
        names = _names_of_files([row.message_id for row in rows if row.content == ""])
        for row in rows:
            if not _agrees(row, names.get(row.message_id, [])):
                yield row.id
        last = rows[-1].id


def _against_messages(after: int) -> Select[Any]:
    page = select(Conversation.id).where(Conversation.id > after).order_by(Conversation.id).limit(BATCH).subquery()
    is_message = Message.kind == MessageKind.MESSAGE
    sums = (
        select(
            Message.conversation_id.label("id"),
            func.max(Message.seq).label("last_seq"),
            func.count(case((is_message, 1))).label("message_count"),
            func.max(case((is_message, Message.created_at))).label("last_message_at"),
            func.max(case((is_message, Message.seq))).label("last_message_seq"),
        )
        .where(Message.conversation_id.in_(select(page.c.id)))
        .group_by(Message.conversation_id)
        .subquery()
    )
    return (
        select(
            *(Conversation.id, Conversation.last_seq, Conversation.message_count, Conversation.last_message_at),
            *(Conversation.last_message_preview, Conversation.last_sender_type, Conversation.last_sender_id),
            sums.c.last_seq.label("true_seq"),
            sums.c.message_count.label("true_count"),
            sums.c.last_message_at.label("true_at"),
            *(Message.id.label("message_id"), Message.content, Message.sender_type, Message.sender_id),
        )
        .join(page, page.c.id == Conversation.id)
        .outerjoin(sums, sums.c.id == Conversation.id)
        .outerjoin(Message, and_(Message.conversation_id == sums.c.id, Message.seq == sums.c.last_message_seq))
        .order_by(Conversation.id)
    )


def _names_of_files(message_ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    statement = select(MessageAttachment.message_id, MessageAttachment.filename)
    with reading():
        for row in session.execute(
            statement.where(MessageAttachment.message_id.in_(message_ids)).order_by(MessageAttachment.id)
        ):
            names.setdefault(row.message_id, []).append(row.filename)
    return names


def _agrees(row: Any, filenames: list[str]) -> bool:
    if row.content is None:
        return False
    said = (row.last_seq, row.message_count, row.last_message_at, row.last_message_preview)
    true = (row.true_seq, row.true_count, row.true_at, preview_of(row.content, filenames))
    return said == true and (row.last_sender_type, row.last_sender_id) == (row.sender_type, row.sender_id)


def _gaps() -> Rows:
    return (
        select(Message.conversation_id)
        .group_by(Message.conversation_id)
        .having(or_(func.min(Message.seq) != 1, func.max(Message.seq) != func.count()))
    )


def _last_event_word() -> Any:
    return (
        select(Message.content)
        .where(Message.conversation_id == Conversation.id, Message.kind == MessageKind.EVENT)
        .order_by(Message.seq.desc())
        .limit(1)
        .scalar_subquery()
    )


def _status_against_events() -> Rows:
    closed = Conversation.status == ConversationStatus.CLOSED
    return select(Conversation.id).where(closed != (func.coalesce(_last_event_word(), "") == EventWord.CLOSED.value))


def _messages_after_a_close() -> Rows:
    close, between = aliased(Message), aliased(Message)
    reopened = exists().where(
        between.conversation_id == close.conversation_id,
        between.kind == MessageKind.EVENT,
        between.content == EventWord.REOPENED.value,
        between.seq > close.seq,
        between.seq < Message.seq,
    )
    return (
        select(Message.conversation_id)
        .join(close, and_(close.conversation_id == Message.conversation_id, close.seq < Message.seq))
        .where(
            Message.kind == MessageKind.MESSAGE,
            close.kind == MessageKind.EVENT,
            close.content == EventWord.CLOSED.value,
            not_(reopened),
        )
    )


def _stale_copies() -> Rows:
    """Of those who are still here: whoever left gets no more copies."""
    return (
        select(_Row.conversation_id)
        .join(Conversation, Conversation.id == _Row.conversation_id)
        .where(
            or_(
                _Row.status != Conversation.status,
                _Row.conversation_type != Conversation.conversation_type,
                and_(_Row.left_at.is_(None), _Row.last_message_at != Conversation.last_message_at),
            )
        )
    )


def _wrong_customers() -> Rows:
    takes_part = exists().where(
        _Row.conversation_id == Conversation.id,
        _Row.participant_type == Side.CUSTOMER,
        _Row.participant_id == Conversation.customer_id,
    )
    another = exists().where(
        _Row.conversation_id == Conversation.id,
        _Row.participant_type == Side.CUSTOMER,
        _Row.participant_id != func.coalesce(Conversation.customer_id, 0),
    )
    return select(Conversation.id).where(or_(and_(Conversation.customer_id.is_not(None), not_(takes_part)), another))


def _strangers() -> Rows:
    return union(
        select(Conversation.id)
        .join(_Row, _Row.conversation_id == Conversation.id)
        .where(_is_stranger(_Row.participant_type, _Row.participant_id)),
        select(Conversation.id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(_is_stranger(Message.sender_type, Message.sender_id)),
    )


def _is_stranger(side: Any, person: Any) -> Any:
    of_channel = or_(
        *(
            and_(Conversation.conversation_type == channel, side.in_(access.sides(channel)))
            for channel in ConversationType
        )
    )
    known = or_(
        and_(side == Side.CUSTOMER, person == Conversation.customer_id),
        and_(side == Side.ADMIN, exists().where(User.id == person, User.role == UserRole.ADMIN)),
        and_(
            side == Side.STORE,
            exists().where(StoreMember.user_id == person, StoreMember.store_id == Conversation.store_id),
        ),
    )
    return not_(func.coalesce(and_(of_channel, known), False))


def _marks_beyond_the_end() -> Rows:
    return (
        select(_Row.conversation_id)
        .join(Conversation, Conversation.id == _Row.conversation_id)
        .where(_Row.last_read_seq > Conversation.last_seq)
    )


def _ownerless_inboxes() -> Rows:
    owned = or_(
        and_(
            Inbox.participant_type == Side.ADMIN,
            exists().where(User.id == Inbox.participant_id, User.role == UserRole.ADMIN),
        ),
        and_(
            Inbox.participant_type == Side.STORE,
            exists().where(StoreMember.user_id == Inbox.participant_id, StoreMember.store_id == Inbox.store_id),
        ),
        and_(
            Inbox.participant_type == Side.CUSTOMER,
            exists().where(Customer.id == Inbox.participant_id, Customer.store_id == Inbox.store_id),
        ),
    )
    return select(Inbox.id).where(not_(owned))
