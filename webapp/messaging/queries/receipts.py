"""Who has read: how far the other side is, and under which name somebody writes."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import Id, session, words
from webapp.messaging import access, asking
from webapp.messaging.asking import Anybody
from webapp.messaging.errors import NotFound
from webapp.messaging.models import ConversationParticipant, Message, MessageKind
from webapp.messaging.queries.names import known_name
from webapp.messaging.queries.rows import Receipt

NEAR = 25
"""Among so many last messages of a page the viewer's own is surely on it."""


def receipt(viewer: Viewer, conversation_id: int, up_to_seq: int) -> Receipt | None:
    """Read the viewer's last message up to a seq that is near it, and how many of the other side have read it.

    None when there is no such message, and for customers. Raises NotFound.
    """
    up_to = min(max(up_to_seq, 0), access.LARGEST_KEY)
    asked = {"conversation_id": access.key(conversation_id), "up_to": up_to, "own_id": viewer.id}
    row = session.execute(_receipt(viewer.side), asking.as_parameters(viewer) | asked).one_or_none()
    if row is None:
        raise NotFound
    if viewer.is_customer or row.seq is None:
        return None
    return Receipt(row.seq, row.read_by)


def name_of(viewer: Viewer, conversation_id: int, side: Side, person: int) -> str:
    """Read the name under which the viewer may know somebody of their conversation; raises NotFound."""
    asked = {"conversation_id": access.key(conversation_id), "side": side, "person": person}
    found = session.execute(_name(viewer.side), asking.as_parameters(viewer) | asked).one_or_none()
    if found is None:
        raise NotFound
    return found[0] or ""


@cache
def _receipt(side: Side) -> Select[Any]:
    viewer, number = Anybody(side), bindparam("conversation_id", type_=Id)
    up_to = bindparam("up_to", type_=Id)
    own = (
        select(func.max(Message.seq))
        .where(
            Message.conversation_id == number,
            Message.seq.between(up_to - NEAR, up_to),
            Message.kind == MessageKind.MESSAGE,
            Message.sender_type == side,
            Message.sender_id == bindparam("own_id", type_=Id),
        )
        .scalar_subquery()
    )
    readers = (
        select(func.count())
        .select_from(ConversationParticipant)
        .where(
            ConversationParticipant.conversation_id == number,
            ConversationParticipant.participant_type != side,
            ConversationParticipant.left_at.is_(None),
            ConversationParticipant.last_read_seq >= own,
        )
        .scalar_subquery()
    )
    return access.visible_conversation(viewer, number, own.label("seq"), readers.label("read_by"))


@cache
def _name(side: Side) -> Select[Any]:
    viewer = Anybody(side)
    of_side = bindparam("side", type_=words(Side, "side"))
    person = bindparam("person", type_=Id)
    number = bindparam("conversation_id", type_=Id)
    return access.visible_conversation(viewer, number, known_name(viewer, of_side, person))
