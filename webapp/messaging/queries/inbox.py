"""A page of the inbox, and one conversation as an inbox shows it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, and_, bindparam, func, literal, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Customer, Side, Store, User
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import Id, session
from webapp.messaging import access
from webapp.messaging.access import Anybody, Asking
from webapp.messaging.errors import NotFound
from webapp.messaging.models import Conversation, ConversationParticipant, Inbox
from webapp.messaging.queries.names import name, party
from webapp.messaging.queries.news import badge
from webapp.messaging.queries.ranges import Shape, as_parameters, newest_of_team, page_of_ids
from webapp.messaging.queries.rows import ConversationFilters, ConversationList, ConversationRow, Party, Position
from webapp.messaging.text import can_be_sought
from webapp.settings import service as settings
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME

_Row = ConversationParticipant

COUNTED_TO = 1000
"""Totals above it are not counted on."""


def conversation_list(
    viewer: Viewer, filters: ConversationFilters, after: Position | None, limit: int
) -> ConversationList:
    """Read a page of the inbox in two statements: first what it counts, then its rows.

    The version is read before the rows: a page can be newer than it says, never older.
    """
    if not can_be_sought(filters.text):
        known = badge(viewer)
        return ConversationList([], None, 0, False, known.version, "", known.unread_messages)
    asked = access.as_parameters(viewer)
    counting = _counts(viewer.side, Shape.of(filters))
    counted = session.execute(counting, asked | as_parameters(filters, None, COUNTED_TO + 1)).one()
    listing = _list(viewer.side, Shape.of(filters, after))
    found = session.execute(listing, asked | as_parameters(filters, after, limit + 1)).all()
    rows = [_conversation_row(viewer, row) for row in found[:limit]]
    last = rows[-1] if len(found) > limit else None
    return ConversationList(
        rows=rows,
        next=Position(last.last_message_at, last.id) if last else None,
        total=min(counted[0], COUNTED_TO),
        total_is_capped=counted[0] > COUNTED_TO,
        version=counted[1],
        newest=str(counted[2] or ""),
        unread_messages=counted[3],
    )


def conversation_row(viewer: Viewer, conversation_id: int) -> ConversationRow:
    """Read one conversation as an inbox shows it; raises NotFound."""
    asked = {**access.as_parameters(viewer), "conversation_id": access.key(conversation_id)}
    row = session.execute(_one(viewer.side), asked).first()
    if row is None:
        raise NotFound
    return _conversation_row(viewer, row)


@cache
def _counts(side: Side, shape: Shape) -> Select[Any]:
    viewer = Anybody(side)
    total = select(func.count()).select_from(page_of_ids(viewer, shape).subquery())
    version, unread = (
        select(column).where(access.owns_inbox(viewer)).scalar_subquery()
        for column in (Inbox.version, Inbox.unread_messages)
    )
    return select(
        total.scalar_subquery(),
        func.coalesce(version, 0),
        newest_of_team(viewer) if shape.team else literal(""),
        func.coalesce(unread, 0),
    )


@cache
def _list(side: Side, shape: Shape) -> Select[Any]:
    viewer = Anybody(side)
    return _rows(viewer, page_of_ids(viewer, shape).cte("page").prefix_with("MATERIALIZED"))


@cache
def _one(side: Side) -> Select[Any]:
    viewer = Anybody(side)
    one = access.visible_conversations(viewer, Conversation.id)
    return _rows(viewer, one.where(Conversation.id == bindparam("conversation_id", type_=Id)).cte("page"))


def _rows(viewer: Asking, page: CTE) -> Select[Any]:
    """Join a page of ids by primary keys to what a row shows."""
    sender = aliased(User)
    me = and_(
        _Row.conversation_id == Conversation.id,
        access.is_own_participation(viewer),
        _Row.left_at.is_(None),
    )
    return (
        access.visible_conversations(
            viewer,
            Conversation.id,
            Conversation.conversation_type,
            Conversation.subject,
            Conversation.status,
            Conversation.closed_at,
            Conversation.created_at,
            Conversation.last_message_at,
            Conversation.last_message_preview,
            Conversation.last_seq,
            Conversation.message_count,
            Conversation.last_sender_type,
            Conversation.last_sender_id,
            name(viewer, Conversation.last_sender_type, Customer.name, sender.name).label("last_sender_name"),
            _Row.unread_count,
            _Row.email_notifications,
            _Row.last_read_seq,
            Store.id.label("store_id"),
            Store.code.label("store_code"),
            Store.name.label("store_name"),
            Customer.id.label("customer_id"),
            Customer.name.label("customer_name"),
            settings.text_of(PLATFORM_DISPLAY_NAME).label("platform_name"),
        )
        .join(page, page.c.id == Conversation.id)
        .join(Store, Store.id == Conversation.store_id)
        .outerjoin(_Row, me)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(
            sender,
            and_(
                sender.id == Conversation.last_sender_id,
                Conversation.last_sender_type != Side.CUSTOMER,
            ),
        )
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
    )


def _conversation_row(viewer: Viewer, row: Any) -> ConversationRow:
    store = StoreRef(row.store_id, row.store_code, row.store_name)
    return ConversationRow(
        id=row.id,
        conversation_type=row.conversation_type,
        subject=row.subject,
        status=row.status,
        closed_at=row.closed_at,
        created_at=row.created_at,
        last_message_at=row.last_message_at,
        last_message_preview=row.last_message_preview,
        last_sender=party(viewer, row.last_sender_type, row.last_sender_id, row.last_sender_name),
        last_sender_is_viewer=(row.last_sender_type, row.last_sender_id) == (viewer.side, viewer.id),
        last_seq=row.last_seq,
        message_count=row.message_count,
        unread_count=row.unread_count or 0,
        is_participant=row.unread_count is not None,
        email_notifications=bool(row.email_notifications),
        last_read_seq=row.last_read_seq or 0,
        other_party=_other_party(viewer, row, store),
        store=store,
    )


def _other_party(viewer: Viewer, row: Any, store: StoreRef) -> Party:
    first, second = access.sides(row.conversation_type)
    other = second if first is viewer.side else first
    match other:
        case Side.ADMIN:
            return Party(Side.ADMIN, None, row.platform_name)
        case Side.STORE:
            return Party(Side.STORE, store.id, store.name)
        case Side.CUSTOMER:
            return Party(Side.CUSTOMER, row.customer_id, row.customer_name)
