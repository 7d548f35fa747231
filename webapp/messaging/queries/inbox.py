"""A page of the inbox, and one conversation as an inbox shows it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, bindparam, case, func, literal, null, select

from webapp.accounts.models import Side, Store
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import Id
from webapp.messaging import access, asking, unsent
from webapp.messaging.asking import Anybody, Asking
from webapp.messaging.errors import NotFound
from webapp.messaging.models import PREVIEW_LENGTH, Conversation, ConversationParticipant, Inbox, KeptDraft
from webapp.messaging.queries.names import name, name_of_customer, name_of_user, party
from webapp.messaging.queries.ranges import Shape, as_parameters, newest_of_team, page_of_ids
from webapp.messaging.queries.rows import (
    ConversationFilters,
    ConversationList,
    ConversationRow,
    Matches,
    Party,
    Position,
    Way,
)
from webapp.prepared import read, read_as
from webapp.settings import service as settings
from webapp.settings.definitions import ATTACHMENT_MAX_FILES, ATTACHMENT_MAX_SIZE_MB, PLATFORM_DISPLAY_NAME

_Row = ConversationParticipant

_SHOWN = (
    Conversation.store_id,
    Conversation.customer_id,
    Conversation.conversation_type,
    Conversation.subject,
    Conversation.status,
    Conversation.closed_at,
    Conversation.created_at,
    Conversation.last_message_preview,
    Conversation.last_seq,
    Conversation.message_count,
    Conversation.last_sender_type,
    Conversation.last_sender_id,
)
"""What a row shows of a conversation, beside its id and the moment that it is ordered by."""

_MARKS = (_Row.unread_count, _Row.email_notifications, _Row.last_read_seq)
"""What a row shows of the viewer's part in it."""

_LIMITS = (ATTACHMENT_MAX_SIZE_MB, ATTACHMENT_MAX_FILES)

COUNTED_TO = 1000
"""Totals above it are not counted on."""


def conversation_list(
    viewer: Viewer, filters: ConversationFilters, after: Position | None, limit: int, matches: Matches | None = None
) -> ConversationList:
    """Read a page of the inbox in two statements: first what it counts, then its rows.

    The version is read before the rows: a page can be newer than it says, never older. What a search found beyond its
    limit is not counted: the total is then what is on the page, and capped.
    """
    if bool(filters.text.strip()) != (matches is not None):
        raise ValueError("what was typed and what it found come together")
    asked = {**asking.as_parameters(viewer), **(matches.parameters if matches else {})}
    is_counted = matches is None or matches.way is Way.LOOK_UP
    shape = Shape.of(filters, matches, after)
    with_total = is_counted and not shape.counts_itself
    counting = _counts(viewer.side, Shape.of(filters, matches if with_total else None), with_total)
    [counted] = read(counting, asked | as_parameters(filters, None, COUNTED_TO + 1))
    listing = read_as(
        _list(viewer.side, shape), asked | as_parameters(filters, after, limit + 1), viewer, _counted_row, by="id"
    )
    found = [row for row, _ in listing]
    total = listing[0][1] if shape.counts_itself and listing else counted[0]
    rows = found[:limit]
    last = rows[-1] if len(found) > limit else None
    return ConversationList(
        rows=rows,
        next=Position(last.last_message_at, last.id) if last else None,
        total=min(total, COUNTED_TO) if is_counted else len(rows),
        total_is_capped=total > COUNTED_TO if is_counted else last is not None or after is not None,
        version=counted[1],
        newest=str(counted[2] or ""),
        unread_messages=counted[3],
    )


def conversation_row(viewer: Viewer, conversation_id: int) -> ConversationRow:
    """Read one conversation as an inbox shows it; raises NotFound."""
    return conversation_and_limits(viewer, conversation_id)[0]


def conversation_and_limits(viewer: Viewer, conversation_id: int) -> tuple[ConversationRow, tuple[int, int]]:
    """Read one conversation, and in the same statement how large and how many the files of a message may be."""
    asked = {**asking.as_parameters(viewer), "conversation_id": access.key(conversation_id)}
    found = read(_one(viewer.side), asked)
    if not found:
        raise NotFound
    row = found[0]
    largest, most = (
        int(settings.parsed(definition, text))
        for definition, text in zip(_LIMITS, (row.largest_file_mb, row.most_files), strict=True)
    )
    return _conversation_row(viewer, found), (largest, most)


@cache
def _counts(side: Side, shape: Shape, with_total: bool) -> Select[Any]:
    viewer = Anybody(side)
    counted = select(func.count()).select_from(page_of_ids(viewer, shape).subquery())
    total = counted if with_total else select(literal(0))
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
    """The page is walked with all of its rows that a list shows, so that none is looked up by its key again."""
    viewer = Anybody(side)
    draft = func.substr(KeptDraft.content, 1, PREVIEW_LENGTH)
    if shape.team:
        page = page_of_ids(viewer, shape, *_SHOWN).cte("page").prefix_with("MATERIALIZED")
        joined = select().select_from(page).outerjoin(_Row, _is_me(viewer, page.c))
        return _rows(viewer, joined, page.c, _Row, draft, _total_of(page))
    page = page_of_ids(viewer, shape, *_MARKS).cte("page").prefix_with("MATERIALIZED")
    return _rows(viewer, access.visible_conversation(viewer, page.c.id), Conversation, page.c, draft, _total_of(page))


@cache
def _one(side: Side) -> Select[Any]:
    viewer = Anybody(side)
    one = access.visible_conversation(viewer, bindparam("conversation_id", type_=Id))
    visible = one.outerjoin(_Row, _is_me(viewer, Conversation))
    return _rows(viewer, visible, Conversation, _Row, KeptDraft.content, literal(0)).add_columns(
        settings.text_of(ATTACHMENT_MAX_SIZE_MB).label("largest_file_mb"),
        settings.text_of(ATTACHMENT_MAX_FILES).label("most_files"),
    )


def _is_me(viewer: Asking, conversation: Any) -> ColumnElement[bool]:
    return and_(_Row.conversation_id == conversation.id, access.is_own_participation(viewer), _Row.left_at.is_(None))


def _total_of(page: CTE) -> ColumnElement[Any]:
    return page.c.total if "total" in page.c else literal(0)


def _rows(viewer: Asking, visible: Select[Any], conversation: Any, marks: Any, draft: Any, total: Any) -> Select[Any]:
    """Join visible conversations by primary keys to what a row shows.

    ``conversation`` and ``marks`` have the columns of both, whatever ``visible`` takes them from. Only admins see
    conversations of several stores: the store of everybody else is known, and so is the viewer's own name.
    """
    wrote = and_(conversation.last_sender_type == viewer.side, conversation.last_sender_id == viewer.id)
    others = name(viewer, conversation.last_sender_type, null(), name_of_user(conversation.last_sender_id))
    sender = case((wrote, null()), else_=others)
    if viewer.is_admin:
        visible = visible.add_columns(Store.code.label("store_code"), Store.name.label("store_name"))
        visible = visible.join(Store, Store.id == conversation.store_id)
    return (
        visible.add_columns(
            *(getattr(conversation, column.key) for column in (Conversation.id, Conversation.last_message_at, *_SHOWN)),
            *(getattr(marks, column.key) for column in _MARKS),
            sender.label("other_sender_name"),
            name_of_customer(conversation.customer_id).label("customer_name"),
            draft.label("draft"),
            settings.text_of(PLATFORM_DISPLAY_NAME).label("platform_name"),
            total.label("total"),
        )
        .outerjoin(KeptDraft, and_(KeptDraft.conversation_id == conversation.id, unsent.is_own(viewer)))
        .order_by(conversation.last_message_at.desc(), conversation.id.desc())
    )


def _counted_row(viewer: Viewer, rows: list[Any]) -> tuple[ConversationRow, int]:
    return _conversation_row(viewer, rows), rows[0].total


def _conversation_row(viewer: Viewer, rows: list[Any]) -> ConversationRow:
    (row,) = rows
    is_own = (row.last_sender_type, row.last_sender_id) == (viewer.side, viewer.id)
    sender_name = row.customer_name if row.last_sender_type is Side.CUSTOMER else row.other_sender_name
    store = viewer.store or StoreRef(row.store_id, row.store_code, row.store_name)
    return ConversationRow(
        id=row.id,
        conversation_type=row.conversation_type,
        subject=row.subject,
        status=row.status,
        closed_at=row.closed_at,
        created_at=row.created_at,
        last_message_at=row.last_message_at,
        last_message_preview=row.last_message_preview,
        last_sender=party(viewer, row.last_sender_type, row.last_sender_id, viewer.name if is_own else sender_name),
        last_sender_is_viewer=is_own,
        last_seq=row.last_seq,
        message_count=row.message_count,
        unread_count=row.unread_count or 0,
        is_participant=row.unread_count is not None,
        email_notifications=bool(row.email_notifications),
        last_read_seq=row.last_read_seq or 0,
        other_party=_other_party(viewer, row, store),
        store=store,
        draft=row.draft or "",
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
