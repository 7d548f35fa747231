"""Which conversations a page of an inbox has: ranges of an index, newest first, before anything is joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, tuple_, union_all

from webapp.database import Id, UTCDateTime
from webapp.messaging import access
from webapp.messaging.access import Asking
from webapp.messaging.models import Conversation, ConversationParticipant, ConversationStatus, ConversationType
from webapp.messaging.queries.names import as_pattern, holds
from webapp.messaging.queries.rows import ConversationFilters, Position

_Row = ConversationParticipant


@dataclass(frozen=True, slots=True)
class Shape:
    """What of the filters changes the statement; the rest are its parameters, so that it is built once and kept."""

    team: bool
    status: ConversationStatus | None
    channel: ConversationType | None
    by_store: bool
    unread: bool
    by_text: bool
    after: bool = False

    @classmethod
    def of(cls, filters: ConversationFilters, after: Position | None = None) -> Shape:
        return cls(
            team=filters.team and not filters.unread,
            status=filters.status,
            channel=filters.channel,
            by_store=filters.store_id is not None,
            unread=filters.unread,
            by_text=bool(filters.text),
            after=after is not None,
        )


def as_parameters(filters: ConversationFilters, after: Position | None, limit: int) -> dict[str, Any]:
    """Return what a statement of the filters' shape needs to be about these filters and this page."""
    return {
        "wanted_store_id": filters.store_id,
        "pattern": as_pattern(filters.text),
        "after_at": after.last_message_at if after else None,
        "after_id": after.conversation_id if after else None,
        "most": limit,
    }


def page_of_ids(viewer: Asking, shape: Shape) -> Select[Any]:
    """Select the ids of a page, newest first: one range of an index per status (and channel), then the union."""
    at: Any
    number: Any
    if shape.team:
        at, number, store = Conversation.last_message_at, Conversation.id, Conversation.store_id
        ranges = _ranges_of_team(viewer, shape)
    else:
        at, number, store = _Row.last_message_at, _Row.conversation_id, _Row.store_id
        ranges = _ranges_of_own(viewer, shape)
    narrowing: list[ColumnElement[bool]] = []
    if shape.by_store:
        narrowing.append(store == bindparam("wanted_store_id", type_=Id))
    if shape.by_text:
        narrowing.append(holds(viewer))
    if shape.after:
        key = tuple_(bindparam("after_at", type_=UTCDateTime), bindparam("after_id", type_=Id))
        narrowing.append(tuple_(at, number) < key)
    most = bindparam("most", type_=Id)
    pages = [one.where(*narrowing).order_by(at.desc(), number.desc()).limit(most) for one in ranges]
    if len(pages) == 1:
        return pages[0]
    union = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return select(union).order_by(union.c.at.desc(), union.c.id.desc()).limit(most)


def newest_of_team(viewer: Asking) -> ColumnElement[Any]:
    """The SQL expression of the newest key among the conversations of the viewer's side."""
    tops = []
    for status in ConversationStatus:
        for bound in _bounds_of_team(viewer, None, by_store=False):
            top = (
                access.visible_conversations(viewer, Conversation.last_message_at.label("at"))
                .where(bound, Conversation.status == status)
                .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
                .limit(1)
            )
            tops.append(select(top.subquery()))
    return select(func.max(union_all(*tops).subquery().c.at)).scalar_subquery()


def _ranges_of_team(viewer: Asking, shape: Shape) -> list[Select[Any]]:
    key = (Conversation.id.label("id"), Conversation.last_message_at.label("at"))
    return [
        access.visible_conversations(viewer, *key).where(bound, Conversation.status == status)
        for status in _statuses(shape)
        for bound in _bounds_of_team(viewer, shape.channel, shape.by_store)
    ]


def _ranges_of_own(viewer: Asking, shape: Shape) -> list[Select[Any]]:
    own = access.own_participations(viewer, _Row.conversation_id.label("id"), _Row.last_message_at.label("at"))
    if shape.by_text:
        own = own.join(Conversation, Conversation.id == _Row.conversation_id)
    if shape.channel:
        own = own.where(_Row.conversation_type == shape.channel)
    if shape.unread:
        own = own.where(_Row.unread_count > 0)
        # no bare status here: SQLite would then walk all of an inbox's open rows instead of its unread ones
        return [own.where(func.coalesce(_Row.status, "") == shape.status) if shape.status else own]
    return [own.where(_Row.status == status) for status in _statuses(shape)]


def _statuses(shape: Shape) -> list[ConversationStatus]:
    return [shape.status] if shape.status else list(ConversationStatus)


def _bounds_of_team(viewer: Asking, channel: ConversationType | None, by_store: bool) -> list[ColumnElement[bool]]:
    """The ranges of an index that hold a team's conversations: a store's own, or the platform's channels."""
    seen = access.channels(viewer.side)
    wanted = [channel] if channel in seen else [] if channel else list(seen)
    if by_store and viewer.is_admin:
        tenant: Any = bindparam("wanted_store_id", type_=Id)
    elif viewer.is_admin:
        return [Conversation.conversation_type == one for one in wanted] or [Conversation.conversation_type.in_([])]
    else:
        tenant = viewer.tenant_id
    return [and_(Conversation.store_id == tenant, Conversation.conversation_type.in_(wanted))]
