"""Unread counts and inbox sums: every change is one SQL expression, so that no writer can undo another's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    update,
)

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, session
from webapp.messaging import access, events
from webapp.messaging.models import (
    HAS_UNREAD,
    Conversation,
    ConversationParticipant,
    Inbox,
    Message,
    MessageKind,
)

_Row = ConversationParticipant


def unread_of(participant: type[ConversationParticipant], mark: Any) -> Any:
    """The SQL expression of the rule: messages by others above the read mark; events never count."""
    return (
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == participant.conversation_id,
            Message.kind == MessageKind.MESSAGE,
            Message.seq > mark,
            not_(
                and_(
                    Message.sender_type == participant.participant_type,
                    Message.sender_id == participant.participant_id,
                )
            ),
        )
        .correlate(participant)
        .scalar_subquery()
    )


def count_message(sender: Viewer, conversation: Conversation) -> None:
    """Count a new message for everybody in the conversation but its sender, and tell all their inboxes."""
    own = access.is_own_participation(sender)
    session.execute(
        update(_Row)
        .where(_Row.conversation_id == conversation.id, _Row.left_at.is_(None))
        .values(
            last_message_at=conversation.last_message_at,
            unread_count=_Row.unread_count + case((own, 0), else_=1),
        )
        .execution_options(synchronize_session=False)
    )
    not_counted = or_(
        and_(Inbox.participant_type == sender.side, Inbox.participant_id == sender.id),
        _is_hidden(conversation),
    )
    newly_unread = (
        select(case((_Row.unread_count == 1, 1), else_=0))
        .where(
            _Row.conversation_id == conversation.id,
            _Row.participant_type == Inbox.participant_type,
            _Row.participant_id == Inbox.participant_id,
        )
        .correlate(Inbox)
        .scalar_subquery()
    )
    _change_inboxes(
        inboxes_of(conversation),
        conversation,
        unread_messages=Inbox.unread_messages + case((not_counted, 0), else_=1),
        unread_conversations=Inbox.unread_conversations + case((not_counted, 0), else_=newly_unread),
    )


def copy_status(conversation: Conversation) -> None:
    """Copy a changed status to the participants and tell their inboxes that something changed."""
    session.execute(
        update(_Row)
        .where(_Row.conversation_id == conversation.id)
        .values(status=conversation.status)
        .execution_options(synchronize_session=False)
    )
    _change_inboxes(inboxes_of(conversation), conversation)


def move_mark(viewer: Viewer, conversation: Conversation, mark: int, before: int) -> None:
    """Set the viewer's read mark, recount above it, and change their inbox by the difference to ``before``.

    The conversation and the viewer's inbox are locked, so that ``before`` is what the row says. Somebody who was made
    to leave meanwhile has no mark to move.
    """
    own = and_(_Row.conversation_id == conversation.id, access.is_own_participation(viewer), _Row.left_at.is_(None))
    after = session.scalar(
        update(_Row)
        .where(own)
        .values(last_read_seq=mark, unread_count=unread_of(_Row, mark))
        .returning(_Row.unread_count)
        .execution_options(synchronize_session=False)
    )
    if after is None:
        return
    events.changed(events.MarkMoved(*events.about(conversation)))
    hidden = _is_hidden(conversation)  # asked again here: it can be switched between the check and this statement
    _change_inboxes(
        access.owns_inbox(viewer),
        unread_messages=Inbox.unread_messages + case((hidden, 0), else_=after - before),
        unread_conversations=Inbox.unread_conversations + case((hidden, 0), else_=int(after > 0) - int(before > 0)),
    )


def lock_inboxes(condition: ColumnElement[bool]) -> None:
    """Keep others from changing the inboxes until the transaction ends.

    Always in the order of ids, and all that a verb needs in one go: two senders with common readers would wait for
    each other. It is a statement of its own: what is summed must be read after the wait. SQLite has one writer.
    """
    if is_postgresql():
        session.execute(select(Inbox.id).where(condition).order_by(Inbox.id).with_for_update())


def recount_inboxes(condition: ColumnElement[bool]) -> None:
    """Set the sums of the inboxes anew from their participants' counts, leaving out what access hides."""
    lock_inboxes(condition)
    _change_inboxes(
        condition,
        unread_messages=unread_messages_of_inbox(),
        unread_conversations=unread_conversations_of_inbox(),
    )


def recount_customer_inboxes() -> None:
    """Set anew the sums of customers who have unread messages of the platform: its visibility was switched."""
    if is_postgresql():  # wait for those who counted by the old rule, and let the next ones count by the new one
        session.execute(text("LOCK TABLE inboxes IN EXCLUSIVE MODE"))
    concerned = (
        select(_Row.inbox_id)
        .join(Conversation, Conversation.id == _Row.conversation_id)
        .where(_Row.participant_type == Side.CUSTOMER, HAS_UNREAD)
    )
    recount_inboxes(and_(Inbox.participant_type == Side.CUSTOMER, Inbox.id.in_(concerned)))


def unread_messages_of_inbox() -> Any:
    """The SQL expression of what an inbox's first sum should be: unread messages that access shows its owner."""
    return (
        select(func.coalesce(func.sum(_Row.unread_count), 0))
        .where(_Row.inbox_id == Inbox.id, HAS_UNREAD, _is_counted())
        .correlate(Inbox)
        .scalar_subquery()
    )


def unread_conversations_of_inbox() -> Any:
    """The SQL expression of what an inbox's second sum should be: conversations with such messages."""
    return (
        select(func.count())
        .where(_Row.inbox_id == Inbox.id, HAS_UNREAD, _is_counted())
        .correlate(Inbox)
        .scalar_subquery()
    )


def inboxes_of(conversation: Conversation) -> ColumnElement[bool]:
    """The condition that an inbox is that of somebody who takes part in the conversation."""
    return Inbox.id.in_(
        select(_Row.inbox_id).where(_Row.conversation_id == conversation.id, _Row.inbox_id.is_not(None))
    )


def _is_hidden(conversation: Conversation) -> ColumnElement[bool]:
    channel = literal(conversation.conversation_type, Conversation.conversation_type.type)
    return access.is_hidden(Inbox.participant_type, channel)


def _is_counted() -> ColumnElement[bool]:
    return not_(access.is_hidden(_Row.participant_type, _Row.conversation_type))


def _change_inboxes(condition: ColumnElement[bool], conversation: Conversation | None = None, **values: Any) -> None:
    """Change inboxes, and tell their owners, but for those from whom access hides the conversation."""
    hidden = _is_hidden(conversation) if conversation else false()
    rows = session.execute(
        update(Inbox)
        .where(condition)
        .values(version=Inbox.version + 1, **values)
        .returning(Inbox.participant_type, Inbox.participant_id, Inbox.store_id, hidden)
        .execution_options(synchronize_session=False)
    )
    owners = tuple(events.Owner(side, person, store_id) for side, person, store_id, is_hidden in rows if not is_hidden)
    if owners:
        events.changed(events.InboxesChanged(conversation.id if conversation else None, owners))
