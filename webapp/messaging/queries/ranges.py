"""Which conversations a page of an inbox has: ranges of an index, newest first, before anything is joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, literal, select, tuple_, union_all

from webapp.database import Id, UTCDateTime
from webapp.messaging import access
from webapp.messaging.asking import Asking
from webapp.messaging.models import (
    HAS_UNREAD,
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
)
from webapp.messaging.queries.rows import ConversationFilters, Finding, Matches, Position, Way

_Row = ConversationParticipant


@dataclass(frozen=True, slots=True)
class Shape:
    """What of the filters changes the statement; the rest are its parameters, so that it is built once and kept."""

    team: bool
    status: ConversationStatus | None
    channel: ConversationType | None
    by_store: bool
    unread: bool
    found: Finding | None = None
    """Only what a search found."""
    way: Way | None = None
    after: bool = False

    @classmethod
    def of(cls, filters: ConversationFilters, matches: Matches | None, after: Position | None = None) -> Shape:
        return cls(
            team=filters.team and not filters.unread,
            status=filters.status,
            channel=filters.channel,
            by_store=filters.store_id is not None,
            unread=filters.unread,
            found=matches.finding if matches else None,
            way=matches.way if matches else None,
            after=after is not None,
        )

    @property
    def counts_itself(self) -> bool:
        """Whether the rows of the page, as ``total``, say how many there are: all have been looked up for them."""
        return self.way is Way.LOOK_UP and not self.after


def as_parameters(filters: ConversationFilters, after: Position | None, limit: int) -> dict[str, Any]:
    """Return what a statement of the filters' shape needs to be about these filters and this page."""
    return {
        "wanted_store_id": filters.store_id,
        "after_at": after.last_message_at if after else None,
        "after_id": after.conversation_id if after else None,
        "most": limit,
    }


def page_of_ids(viewer: Asking, shape: Shape, *more: Any) -> Select[Any]:
    """Select the ids of a page, newest first, and more columns of the rows that it walks.

    Those are of the conversation in a team's list, else of the viewer's part in it.
    """
    looks_up = shape.way is Way.LOOK_UP
    return _page_of_found(viewer, shape, more) if looks_up else _page_of_ranges(viewer, shape, more)


def _page_of_ranges(viewer: Asking, shape: Shape, more: tuple[Any, ...]) -> Select[Any]:
    """One range of an index per status (and channel), then the union."""
    at: Any
    number: Any
    if shape.team:
        at, number, store = Conversation.last_message_at, Conversation.id, Conversation.store_id
        ranges = _ranges_of_team(viewer, shape, more)
    else:
        at, number, store = _Row.last_message_at, _Row.conversation_id, _Row.store_id
        ranges = _ranges_of_own(viewer, shape, more)
    narrowing: list[ColumnElement[bool]] = []
    if shape.by_store:
        narrowing.append(store == bindparam("wanted_store_id", type_=Id))
    if shape.after:
        narrowing.append(_is_after(at, number))
    if shape.found and shape.way and shape.way.is_of_a_part:
        walked = [one.where(*narrowing) for one in ranges]
        narrowing += _is_in_a_part(walked, at, number, shape.found, shape.way)
    elif shape.found:
        narrowing.append(shape.found.holds(number))
    most = bindparam("most", type_=Id)
    pages = [one.where(*narrowing).order_by(at.desc(), number.desc()).limit(most) for one in ranges]
    if len(pages) == 1:
        return pages[0]
    union = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return select(union).order_by(union.c.last_message_at.desc(), union.c.id.desc()).limit(most)


def _is_in_a_part(
    ranges: list[Select[Any]], at: Any, number: Any, found: Finding, way: Way
) -> list[ColumnElement[bool]]:
    """The conditions of what was found between the top and where the first of the ranges has been walked far enough."""
    walked = bindparam("walked", type_=Id)
    ends = [
        one.with_only_columns(at.label("at")).order_by(at.desc(), number.desc()).limit(1).offset(walked)
        for one in ranges
    ]
    # materialized, since SQLite would look for it once for each range
    first = select(func.max(union_all(*(select(end.subquery()) for end in ends)).subquery().c.at).label("at"))
    end = select(first.cte("part").prefix_with("MATERIALIZED").c.at).scalar_subquery()  # NULL if none is so long
    if way is Way.READ_A_PART:
        return [at >= end, found.reads(number)]
    least = [
        select(func.min(one.with_only_columns(number.label("id")).where(at >= end).subquery().c.id).label("id"))
        for one in ranges
    ]
    lowest = select(func.min(union_all(*least).subquery().c.id).label("id")).cte("lowest").prefix_with("MATERIALIZED")
    return [at >= end, found.holds_since(number, select(lowest.c.id).scalar_subquery())]


def _page_of_found(viewer: Asking, shape: Shape, more: tuple[Any, ...]) -> Select[Any]:
    """What a search found, each conversation looked up by its id."""
    assert shape.found  # noqa: S101 - the caller's case
    found = shape.found.conversations().cte("found").prefix_with("MATERIALIZED")
    at, number = Conversation.last_message_at, Conversation.id
    # only with what its rows show: a count asks for the bare ids of the first page
    total = (func.count().over().label("total"),) if shape.counts_itself and more else ()
    page = access.visible_conversation(viewer, found.c.id, number, at, *more, *total)
    if not shape.team:
        me = and_(_Row.conversation_id == number, access.is_own_participation(viewer), _Row.left_at.is_(None))
        page = page.join(_Row, me)
    if shape.unread:
        page = page.where(HAS_UNREAD)
    if shape.status:
        page = page.where(Conversation.status == shape.status)
    if shape.channel:
        page = page.where(Conversation.conversation_type == shape.channel)
    if shape.by_store:
        page = page.where(Conversation.store_id == bindparam("wanted_store_id", type_=Id))
    if shape.after:
        page = page.where(_is_after(at, number))
    return page.order_by(at.desc(), number.desc()).limit(bindparam("most", type_=Id))


def _is_after(at: Any, number: Any) -> ColumnElement[bool]:
    key = tuple_(bindparam("after_at", type_=UTCDateTime), bindparam("after_id", type_=Id))
    return tuple_(at, number) < key


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


def _ranges_of_team(viewer: Asking, shape: Shape, more: tuple[Any, ...]) -> list[Select[Any]]:
    key = (Conversation.id, Conversation.last_message_at)
    return [
        access.visible_conversations(viewer, *key, *more).where(bound, Conversation.status == status)
        for status in _statuses(shape)
        for bound in _bounds_of_team(viewer, shape.channel, shape.by_store)
    ]


def _ranges_of_own(viewer: Asking, shape: Shape, more: tuple[Any, ...]) -> list[Select[Any]]:
    own = access.own_participations(viewer, _Row.conversation_id.label("id"), _Row.last_message_at, *more)
    if shape.channel:
        own = own.where(_Row.conversation_type == shape.channel)
    if shape.unread:
        own = own.where(HAS_UNREAD)
        # by what it is not: for what it is, SQLite would walk all of an inbox's open rows instead of its unread ones
        others = [one for one in ConversationStatus if shape.status not in {one, None}]
        return [own.where(*(_Row.status != one for one in others))]
    return [own.where(_Row.status == status) for status in _statuses(shape)]


def _statuses(shape: Shape) -> list[ConversationStatus]:
    return [shape.status] if shape.status else list(ConversationStatus)


def _bounds_of_team(viewer: Asking, channel: ConversationType | None, by_store: bool) -> list[ColumnElement[bool]]:
    """The ranges of an index that hold a team's conversations: a store's own, or the platform's channels."""
    seen = access.channels(viewer.side)
    wanted = [channel] if channel in seen else [] if channel else list(seen)
    if not wanted:
        return [false()]
    if by_store and viewer.is_admin:
        tenant: Any = bindparam("wanted_store_id", type_=Id)
    elif viewer.is_admin:
        return [Conversation.conversation_type == one for one in wanted]
    else:
        tenant = viewer.tenant_id
    channels = [literal(one, Conversation.conversation_type.type) for one in wanted]
    return [and_(Conversation.store_id == tenant, Conversation.conversation_type.in_(channels))]
