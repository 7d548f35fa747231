"""Which conversations a page of an inbox has: ranges of an index, newest first, before anything is joined."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_, union_all

from webapp.accounts.viewer import Viewer
from webapp.database import UTCDateTime
from webapp.messaging import access
from webapp.messaging.models import Conversation, ConversationParticipant, ConversationStatus, ConversationType
from webapp.messaging.queries.names import holds
from webapp.messaging.queries.rows import ConversationFilters, Position

_Row = ConversationParticipant


def page_of_ids(viewer: Viewer, filters: ConversationFilters, after: Position | None, limit: int) -> Select[Any]:
    """Select the ids of a page, newest first: one range of an index per status (and channel), then the union."""
    statuses = [filters.status] if filters.status else list(ConversationStatus)
    at: Any
    number: Any
    if filters.team and not filters.unread:
        at, number, store = Conversation.last_message_at, Conversation.id, Conversation.store_id
        ranges = [
            access.visible_conversations(viewer, number.label("id"), at.label("at")).where(
                bound, Conversation.status == status
            )
            for status in statuses
            for bound in _team_ranges(viewer, filters.channel, filters.store_id)
        ]
    else:
        at, number, store = _Row.last_message_at, _Row.conversation_id, _Row.store_id
        own = access.own_participations(viewer, number.label("id"), at.label("at"))
        if filters.text:
            own = own.join(Conversation, Conversation.id == number)
        if filters.channel:
            own = own.where(_Row.conversation_type == filters.channel)
        if filters.unread:
            own = own.where(_Row.unread_count > 0)
            # no bare status here: SQLite would then walk all of an inbox's open rows instead of its unread ones
            ranges = [own.where(func.coalesce(_Row.status, "") == filters.status) if filters.status else own]
        else:
            ranges = [own.where(_Row.status == status) for status in statuses]
    narrowing: list[ColumnElement[bool]] = []
    if filters.store_id is not None:
        narrowing.append(store == filters.store_id)
    if filters.text:
        narrowing.append(holds(viewer, filters.text))
    if after:
        key = tuple_(literal(after.last_message_at, UTCDateTime), literal(after.conversation_id))
        narrowing.append(tuple_(at, number) < key)
    newest_first = (at.desc(), number.desc())
    pages = [one.where(*narrowing).order_by(*newest_first).limit(limit) for one in ranges]
    if len(pages) == 1:
        return pages[0]
    union = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return select(union).order_by(union.c.at.desc(), union.c.id.desc()).limit(limit)


def newest_of_team(viewer: Viewer) -> ColumnElement[Any]:
    """The SQL expression of the newest key among the conversations of the viewer's side."""
    tops = []
    for status in ConversationStatus:
        for bound in _team_ranges(viewer, None, None):
            top = (
                access.visible_conversations(viewer, Conversation.last_message_at.label("at"))
                .where(bound, Conversation.status == status)
                .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
                .limit(1)
            )
            tops.append(select(top.subquery()))
    return select(func.max(union_all(*tops).subquery().c.at)).scalar_subquery()


def _team_ranges(viewer: Viewer, channel: ConversationType | None, store_id: int | None) -> list[ColumnElement[bool]]:
    """The ranges of an index that hold a team's conversations: a store's own, or the platform's channels."""
    seen = access.channels(viewer.side)
    wanted = [channel] if channel in seen else [] if channel else list(seen)
    tenant = store_id if viewer.is_admin else viewer.store_id
    if tenant is not None:
        return [
            and_(
                Conversation.store_id == tenant,
                Conversation.conversation_type.in_(wanted),
            )
        ]
    return [Conversation.conversation_type == one for one in wanted] or [Conversation.conversation_type.in_([])]
