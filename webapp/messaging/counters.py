"""Unread counts and inbox sums: every change is one SQL expression, so that no writer can undo another's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    UpdateBase,
    and_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
    text,
    update,
)

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import Id, UTCDateTime, is_postgresql, session
from webapp.messaging import access, asking, events, locks
from webapp.messaging.asking import Anybody, AnyConversation
from webapp.messaging.models import (
    HAS_UNREAD,
    Conversation,
    ConversationParticipant,
    Inbox,
    Message,
    MessageKind,
)
from webapp.prepared import write

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
    asked = {**asking.as_parameters(sender, conversation), "at": conversation.last_message_at}
    write(_count_for_participants(sender.side, postgresql=is_postgresql()), asked)
    _tell(conversation.id, write(_count_in_inboxes(sender.side), asked))


@cache
def _count_for_participants(side: Side, *, postgresql: bool) -> Update:
    own = access.is_own_participation(Anybody(side))
    return (
        _changing_participants(postgresql=postgresql)
        .where(_Row.left_at.is_(None))
        .values(
            last_message_at=bindparam("at", type_=UTCDateTime),
            unread_count=_Row.unread_count + case((own, 0), else_=1),
        )
    )


@cache
def _count_in_inboxes(side: Side) -> UpdateBase:
    not_counted = or_(
        and_(Inbox.participant_type == side, Inbox.participant_id == Anybody.id),
        _is_hidden(AnyConversation.conversation_type),
    )
    newly_unread = (
        select(case((_Row.unread_count == 1, 1), else_=0))
        .where(
            _Row.conversation_id == AnyConversation.id,
            _Row.participant_type == Inbox.participant_type,
            _Row.participant_id == Inbox.participant_id,
        )
        .correlate(Inbox)
        .scalar_subquery()
    )
    return _changing_inboxes(
        locks.inboxes_of(AnyConversation),
        AnyConversation.conversation_type,
        unread_messages=Inbox.unread_messages + case((not_counted, 0), else_=1),
        unread_conversations=Inbox.unread_conversations + case((not_counted, 0), else_=newly_unread),
    )


def copy_status(conversation: Conversation) -> None:
    """Copy a changed status to the participants and tell their inboxes that something changed."""
    asked = {**asking.parameters_of(conversation), "now": conversation.status}
    write(_copy_status(postgresql=is_postgresql()), asked)
    _tell(conversation.id, write(_touch_inboxes(), asked))


@cache
def _copy_status(*, postgresql: bool) -> Update:
    return _changing_participants(postgresql=postgresql).values(status=bindparam("now", type_=_Row.status.type))


def _changing_participants(*, postgresql: bool) -> Update:
    """The statement that changes those of a conversation, and before it does locks their inboxes, as late as it can.

    Whoever sends in a store waits for everybody else in it from here until they have committed.
    """
    of_it = update(_Row).where(_Row.conversation_id == AnyConversation.id)
    return of_it.where(locks.are_locked()) if postgresql else of_it


@cache
def _touch_inboxes() -> UpdateBase:
    return _changing_inboxes(locks.inboxes_of(AnyConversation), AnyConversation.conversation_type)


def move_mark(viewer: Viewer, conversation: Conversation, mark: int, before: int) -> None:
    """Set the viewer's read mark, recount above it, and change their inbox by the difference to ``before``.

    The conversation and the viewer's inbox are locked, so that ``before`` is what the row says. Somebody who was made
    to leave meanwhile has no mark to move.
    """
    asked = asking.as_parameters(viewer, conversation)
    rows = write(_set_mark(viewer.side), {**asked, "mark": mark})
    if not rows:
        return
    after = rows[0].unread_count
    events.changed(events.MarkMoved(*events.about(conversation)))
    change = {"messages": after - before, "conversations": int(after > 0) - int(before > 0)}
    _tell(None, write(_change_own_inbox(viewer.side), {**asked, **change}))


@cache
def _set_mark(side: Side) -> UpdateBase:
    mark = bindparam("mark", type_=Id)
    own = access.is_own_participation(Anybody(side))
    return (
        update(_Row)
        .where(_Row.conversation_id == AnyConversation.id, own, _Row.left_at.is_(None))
        .values(last_read_seq=mark, unread_count=unread_of(_Row, mark))
        .returning(_Row.unread_count)
    )


@cache
def _change_own_inbox(side: Side) -> UpdateBase:
    """It asks again what is hidden: that can be switched between the check and this statement."""
    hidden = _is_hidden(AnyConversation.conversation_type)
    messages, conversations = bindparam("messages", type_=Id), bindparam("conversations", type_=Id)
    return _changing_inboxes(
        access.owns_inbox(Anybody(side)),
        unread_messages=Inbox.unread_messages + case((hidden, 0), else_=messages),
        unread_conversations=Inbox.unread_conversations + case((hidden, 0), else_=conversations),
    )


def recount_inboxes(condition: ColumnElement[bool]) -> None:
    """Set the sums of the inboxes anew from their participants' counts, leaving out what access hides."""
    locks.lock_inboxes(condition)
    anew = {
        "unread_messages": unread_messages_of_inbox(),
        "unread_conversations": unread_conversations_of_inbox(),
    }
    changed = _changing_inboxes(condition, **anew).execution_options(synchronize_session=False)
    _tell(None, session.execute(changed).all())


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


def _is_hidden(channel: Any) -> ColumnElement[bool]:
    return access.is_hidden(Inbox.participant_type, channel)


def _is_counted() -> ColumnElement[bool]:
    return not_(access.is_hidden(_Row.participant_type, _Row.conversation_type))


def _changing_inboxes(condition: ColumnElement[bool], channel: Any = None, **values: Any) -> UpdateBase:
    """The statement that changes inboxes, and returns whose they are and from whom access hides the channel."""
    hidden = false() if channel is None else _is_hidden(channel)
    return (
        update(Inbox)
        .where(condition)
        .values(version=Inbox.version + 1, **values)
        .returning(Inbox.participant_type, Inbox.participant_id, Inbox.store_id, hidden.label("is_hidden"))
    )


def _tell(conversation_id: int | None, rows: Sequence[Any]) -> None:
    """Tell the owners of changed inboxes, but for those from whom access hides the conversation."""
    owners = tuple(events.Owner(side, person, store_id) for side, person, store_id, is_hidden in rows if not is_hidden)
    if owners:
        events.changed(events.InboxesChanged(conversation_id, owners))
