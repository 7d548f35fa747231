"""A conversation with its people and a window of its messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, not_

from webapp.accounts.models import Customer, Side, User
from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.messaging import access
from webapp.messaging.access import Action
from webapp.messaging.models import ConversationParticipant, Message, MessageKind
from webapp.messaging.queries.inbox import conversation_row
from webapp.messaging.queries.names import name, party
from webapp.messaging.queries.rows import MessageRow, ParticipantRow, Thread, Window

_Row = ConversationParticipant


def thread(viewer: Viewer, conversation_id: int, window: Window) -> Thread:
    """Read a conversation, its people and a window of its messages, in three statements; raises NotFound."""
    conversation = conversation_row(viewer, conversation_id)
    messages, has_earlier, has_later = message_window(viewer, conversation_id, window)
    return Thread(
        conversation=conversation,
        participants=_participants(viewer, conversation_id),
        messages=messages,
        has_earlier=has_earlier,
        has_later=has_later,
        may_send=access.may(viewer, Action.SEND, conversation.conversation_type),
        may_close=access.may(viewer, Action.CLOSE, conversation.conversation_type),
    )


def message_window(viewer: Viewer, conversation_id: int, window: Window) -> tuple[list[MessageRow], bool, bool]:
    """Read messages in ascending order, with whether there are earlier and later ones."""
    if window.around is not None:
        half = window.limit // 2
        older, earlier, _ = message_window(viewer, conversation_id, Window(before=window.around + 1, limit=half))
        newer, _, later = message_window(viewer, conversation_id, Window(after=window.around, limit=half))
        return older + newer, earlier, later
    statement = _messages(viewer, conversation_id)
    if window.after is not None:
        statement = statement.where(Message.seq > _seq(window.after)).order_by(Message.seq)
    else:
        if window.before is not None:
            statement = statement.where(Message.seq < _seq(window.before))
        statement = statement.order_by(Message.seq.desc())
    found = session.execute(statement.limit(window.limit + 1)).all()
    more = len(found) > window.limit
    rows = [_message_row(viewer, row) for row in found[: window.limit]]
    if window.after is not None:
        return rows, window.after > 0 and bool(rows), more
    return rows[::-1], more, window.before is not None


def last_by_others(viewer: Viewer, conversation_id: int) -> int | None:
    """Read the seq of the last message that the viewer did not write."""
    own = and_(Message.sender_type == viewer.side, Message.sender_id == viewer.id)
    statement = access.visible_messages(viewer, conversation_id, Message.seq)
    found: int | None = session.scalar(
        statement.where(Message.kind == MessageKind.MESSAGE, not_(own)).order_by(Message.seq.desc()).limit(1)
    )
    return found


def _messages(viewer: Viewer, conversation_id: int) -> Select[Any]:
    return (
        access.visible_messages(
            viewer,
            conversation_id,
            Message.id,
            Message.conversation_id,
            Message.seq,
            Message.sender_type,
            Message.sender_id,
            Message.kind,
            Message.content,
            Message.created_at,
            name(viewer, Message.sender_type, Customer.name, User.name).label("sender_name"),
        )
        .outerjoin(
            Customer,
            and_(Customer.id == Message.sender_id, Message.sender_type == Side.CUSTOMER),
        )
        .outerjoin(
            User,
            and_(User.id == Message.sender_id, Message.sender_type != Side.CUSTOMER),
        )
    )


def _participants(viewer: Viewer, conversation_id: int) -> list[ParticipantRow]:
    found = session.execute(
        access.visible_participants(
            viewer,
            conversation_id,
            _Row.participant_type,
            _Row.participant_id,
            _Row.last_read_seq,
            name(viewer, _Row.participant_type, Customer.name, User.name).label("name"),
        )
        .outerjoin(
            Customer,
            and_(
                Customer.id == _Row.participant_id,
                _Row.participant_type == Side.CUSTOMER,
            ),
        )
        .outerjoin(
            User,
            and_(User.id == _Row.participant_id, _Row.participant_type != Side.CUSTOMER),
        )
        .where(_Row.left_at.is_(None))
        .order_by(_Row.participant_type, _Row.joined_at, _Row.participant_id)
    )
    return [
        ParticipantRow(
            party(viewer, row.participant_type, row.participant_id, row.name),
            None
            if viewer.is_customer and (row.participant_type, row.participant_id) != (viewer.side, viewer.id)
            else row.last_read_seq,
        )
        for row in found
    ]


def _message_row(viewer: Viewer, row: Any) -> MessageRow:
    return MessageRow(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        sender=party(viewer, row.sender_type, row.sender_id, row.sender_name),
        is_own=(row.sender_type, row.sender_id) == (viewer.side, viewer.id),
        kind=row.kind,
        content=row.content,
        created_at=row.created_at,
    )


def _seq(number: int) -> int:
    return min(max(number, 0), access.LARGEST_KEY)
