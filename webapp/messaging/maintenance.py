"""What operators need and no viewer may ask: the recount, people who come back, and the deletion of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update

from webapp.accounts.models import Side, StoreMember, User
from webapp.attachments.files import StoredFile
from webapp.attachments.models import MessageAttachment
from webapp.attachments.service import MessageAttachmentService
from webapp.database import reading, session, writing
from webapp.messaging import counters
from webapp.messaging.models import Conversation, ConversationParticipant, Inbox, Message, MessageKind
from webapp.messaging.text import preview_of

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


def come_back(side: Side, person: int, store_id: int | None) -> int:
    """Undo ``membership.leave``: bring somebody back into the conversations they left; return how many.

    A store user comes back to stores whose member they are. What others wrote meanwhile is unread.
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
    session.execute(
        select(Conversation.id)
        .where(Conversation.id.in_(select(_Row.conversation_id).where(*theirs)))
        .order_by(Conversation.id)
        .with_for_update()
    )
    counters.lock_inboxes(and_(*owner))
    inbox = (
        select(Inbox.id)
        .where(*owner, or_(Inbox.store_id == _Row.store_id, Inbox.store_id.is_(None)))
        .correlate(_Row)
        .scalar_subquery()
    )
    returned = session.execute(
        update(_Row)
        .where(*theirs)
        .values(
            left_at=None,
            inbox_id=inbox,
            last_message_at=_of_conversation(Conversation.last_message_at),
            unread_count=counters.unread_of(_Row, _Row.last_read_seq),
        )
        .returning(_Row.conversation_id)
        .execution_options(synchronize_session=False)
    ).all()
    counters.recount_inboxes(and_(*owner))
    return len(returned)


def delete_attachment(attachment_id: UUID) -> StoredFile | None:
    """Delete an attachment's row, and its name from the list; return what to discard after the commit, if there is one.

    The message stays, even when it was the file only.
    """
    where = select(MessageAttachment.conversation_id, MessageAttachment.message_id)
    found = session.execute(where.where(MessageAttachment.id == attachment_id)).one_or_none()
    if found is None:
        return None
    _lock({found.conversation_id})
    gone = MessageAttachmentService().delete_attachment(attachment_id)
    newest = (
        select(Message.id, Message.content)
        .where(Message.conversation_id == found.conversation_id, Message.kind == MessageKind.MESSAGE)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    message = session.execute(newest).one()
    if message.id == found.message_id:
        names = select(MessageAttachment.filename).where(MessageAttachment.message_id == message.id)
        left = session.scalars(names.order_by(MessageAttachment.id)).all()
        session.execute(
            update(Conversation)
            .where(Conversation.id == found.conversation_id)
            .values(last_message_preview=preview_of(message.content, left))
        )
    return gone


def _of_conversation(column: Any) -> Any:
    return select(column).where(Conversation.id == _Row.conversation_id).correlate(_Row).scalar_subquery()


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
