"""A conversation with its people and a window of its messages."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, not_

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import Id, session
from webapp.messaging import access, asking
from webapp.messaging.access import Action
from webapp.messaging.asking import Anybody
from webapp.messaging.models import ConversationParticipant, Message, MessageKind
from webapp.messaging.moderation_models import MessageRemoval
from webapp.messaging.queries.attachments import attachment_rows, with_attachments
from webapp.messaging.queries.inbox import conversation_and_limits
from webapp.messaging.queries.names import known_name, party
from webapp.messaging.queries.rows import LEAD, MessageRow, ParticipantRow, Removal, Thread, Window
from webapp.prepared import read, read_as

_Row = ConversationParticipant


def thread(viewer: Viewer, conversation_id: int, window: Window) -> Thread:
    """Read a conversation, its people and a window of its messages, in three statements; raises NotFound."""
    conversation, limits = conversation_and_limits(viewer, conversation_id)
    if window.at_unread and conversation.unread_count > window.limit - LEAD:
        window = Window(after=max(conversation.last_read_seq - LEAD, 0), limit=window.limit)
    messages, has_earlier, has_later = message_window(viewer, conversation_id, window)
    if window.before is not None:
        has_later = window.before <= conversation.last_seq
    return Thread(
        conversation=conversation,
        participants=_participants(viewer, conversation_id),
        messages=messages,
        has_earlier=has_earlier,
        has_later=has_later,
        may_send=access.may(viewer, Action.SEND, conversation.conversation_type),
        may_close=access.may(viewer, Action.CLOSE, conversation.conversation_type),
        largest_file_mb=limits[0],
        most_files=limits[1],
    )


def message_window(viewer: Viewer, conversation_id: int, window: Window) -> tuple[list[MessageRow], bool, bool]:
    """Read messages in ascending order, with whether there are earlier and later ones.

    Numbers have no gaps; whether there is a last one before that many is for those to say who know it.
    """
    if window.around is not None:
        half = window.limit // 2
        older, earlier, _ = message_window(viewer, conversation_id, Window(before=window.around + 1, limit=half + 1))
        newer, _, later = message_window(viewer, conversation_id, Window(after=window.around, limit=half))
        return older + newer, earlier, later
    edge = window.after if window.after is not None else window.before
    which = "newest" if edge is None else "after" if window.after is not None else "before"
    asked = _asked(viewer, conversation_id) | {"edge": _seq(edge or 0), "most": window.limit + 1}
    found = read_as(_messages(viewer.side, which), asked, viewer, _message_row, by="seq")
    more = len(found) > window.limit
    rows = found[: window.limit]
    if window.after is not None:
        return rows, window.after > 0, more
    return rows[::-1], more, window.before is not None


def last_by_others(viewer: Viewer, conversation_id: int) -> int | None:
    """Read the seq of the last message that the viewer did not write."""
    own = and_(Message.sender_type == viewer.side, Message.sender_id == viewer.id)
    statement = access.visible_messages(viewer, access.key(conversation_id), Message.seq)
    found: int | None = session.scalar(
        statement.where(Message.kind == MessageKind.MESSAGE, not_(own)).order_by(Message.seq.desc()).limit(1)
    )
    return found


def _asked(viewer: Viewer, conversation_id: int) -> dict[str, Any]:
    return {**asking.as_parameters(viewer), "conversation_id": access.key(conversation_id)}


@cache
def _messages(side: Side, which: str) -> Select[Any]:
    viewer = Anybody(side)
    edge = bindparam("edge", type_=Id)
    statement = (
        access.visible_messages(
            viewer,
            bindparam("conversation_id", type_=Id),
            Message.id,
            Message.conversation_id,
            Message.seq,
            Message.sender_type,
            Message.sender_id,
            Message.kind,
            Message.content,
            Message.created_at,
            Message.by_email,
            known_name(viewer, Message.sender_type, Message.sender_id).label("sender_name"),
            MessageRemoval.message_id.label("removed_id"),
            MessageRemoval.by_side.label("removed_by"),
            MessageRemoval.reason.label("removal_reason"),
        )
        .outerjoin(MessageRemoval, MessageRemoval.message_id == Message.id)
        .limit(bindparam("most", type_=Id))
    )
    match which:
        case "after":
            page = statement.where(Message.seq > edge).order_by(Message.seq)
        case "before":
            page = statement.where(Message.seq < edge).order_by(Message.seq.desc())
        case _:
            page = statement.order_by(Message.seq.desc())
    return with_attachments(page, descending=which != "after")


@cache
def _people(side: Side) -> Select[Any]:
    viewer = Anybody(side)
    return (
        access.visible_participants(
            viewer,
            bindparam("conversation_id", type_=Id),
            _Row.participant_type,
            _Row.participant_id,
            _Row.last_read_seq,
            known_name(viewer, _Row.participant_type, _Row.participant_id).label("name"),
        )
        .where(_Row.left_at.is_(None))
        .order_by(_Row.participant_type, _Row.joined_at, _Row.participant_id)
    )


def _participants(viewer: Viewer, conversation_id: int) -> list[ParticipantRow]:
    return [
        ParticipantRow(
            party(viewer, row.participant_type, row.participant_id, row.name),
            None
            if viewer.is_customer and (row.participant_type, row.participant_id) != (viewer.side, viewer.id)
            else row.last_read_seq,
        )
        for row in read(_people(viewer.side), _asked(viewer, conversation_id))
    ]


def _message_row(viewer: Viewer, lines: list[Any]) -> MessageRow:
    row = lines[0]
    return MessageRow(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        sender=party(viewer, row.sender_type, row.sender_id, row.sender_name),
        is_own=(row.sender_type, row.sender_id) == (viewer.side, viewer.id),
        kind=row.kind,
        content=row.content,
        created_at=row.created_at,
        attachments=attachment_rows(lines),
        by_email=row.by_email,
        removal=None if row.removed_id is None else Removal(row.removed_by, row.removal_reason),
    )


def _seq(number: int) -> int:
    return min(max(number, 0), access.LARGEST_KEY)
