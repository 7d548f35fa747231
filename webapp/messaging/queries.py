"""What the pages and programs read: the inbox page, the thread, the badge. Each starts from access.py; no ORM rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from webapp.accounts.models import Customer, Side, Store, User
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import UTCDateTime, session
from webapp.messaging import access
from webapp.messaging.access import Action
from webapp.messaging.errors import NotFound
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
    Inbox,
    Message,
    MessageKind,
)
from webapp.settings import service as settings
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME

COUNTED_TO = 1000
PAGE = 30

_Row = ConversationParticipant


@dataclass(frozen=True, slots=True)
class ConversationFilters:
    """What narrows an inbox; it never widens it. No status means all."""

    team: bool = False
    """All that the viewer's side may see, instead of the conversations they take part in."""
    status: ConversationStatus | None = ConversationStatus.OPEN
    channel: ConversationType | None = None
    store_id: int | None = None
    unread: bool = False
    text: str = ""
    """Part of the subject or of a participant's name, in any case."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the inbox ended."""

    last_message_at: datetime
    conversation_id: int


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody by side, id and the name this viewer may see; the platform has no id, a store its own."""

    type: Side
    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of an inbox."""

    id: int
    conversation_type: ConversationType
    subject: str
    status: ConversationStatus
    closed_at: datetime | None
    created_at: datetime
    last_message_at: datetime
    last_message_preview: str
    last_sender: Party
    last_sender_is_viewer: bool
    last_seq: int
    message_count: int
    unread_count: int
    is_participant: bool
    email_notifications: bool
    last_read_seq: int
    other_party: Party
    store: StoreRef

    @property
    def is_open(self) -> bool:
        return self.status is ConversationStatus.OPEN


@dataclass(frozen=True, slots=True)
class ConversationList:
    """A page of the inbox. ``version`` and ``newest`` tell a poll what this page had seen."""

    rows: list[ConversationRow]
    next: Position | None
    total: int
    total_is_capped: bool
    version: int
    newest: str


@dataclass(frozen=True, slots=True)
class Badge:
    unread_messages: int
    version: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which messages of a thread: before a seq, after a seq, around a seq, or else the newest."""

    before: int | None = None
    after: int | None = None
    around: int | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: int
    conversation_id: int
    seq: int
    sender: Party
    is_own: bool
    kind: MessageKind
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    party: Party
    last_read_seq: int | None
    """None for others when the viewer is a customer."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as its page shows it; the flags say what access lets this viewer do."""

    conversation: ConversationRow
    participants: list[ParticipantRow]
    messages: list[MessageRow]
    has_earlier: bool
    has_later: bool
    may_send: bool
    may_close: bool


def badge(viewer: Viewer) -> Badge:
    """Read the viewer's badge and version from their one inbox row."""
    row = session.execute(select(Inbox.unread_messages, Inbox.version).where(access.owns_inbox(viewer))).first()
    return Badge(*row) if row else Badge(0, 0)


def conversation_list(
    viewer: Viewer, filters: ConversationFilters, after: Position | None, limit: int
) -> ConversationList:
    """Read a page of the inbox in two statements: first what it counts, then its rows.

    The version is read before the rows: a page can be newer than it says, never older.
    """
    total = select(func.count()).select_from(_keys(viewer, filters, None, COUNTED_TO + 1).subquery())
    version = select(Inbox.version).where(access.owns_inbox(viewer))
    counted = session.execute(
        select(
            total.scalar_subquery(),
            func.coalesce(version.scalar_subquery(), 0),
            newest_of_team(viewer) if filters.team else literal(""),
        )
    ).one()
    page = _keys(viewer, filters, after, limit + 1).cte("page").prefix_with("MATERIALIZED")
    found = session.execute(_rows(viewer, page)).all()
    rows = [_conversation_row(viewer, row) for row in found[:limit]]
    last = rows[-1] if len(found) > limit else None
    return ConversationList(
        rows=rows,
        next=Position(last.last_message_at, last.id) if last else None,
        total=min(counted[0], COUNTED_TO),
        total_is_capped=counted[0] > COUNTED_TO,
        version=counted[1],
        newest=str(counted[2] or ""),
    )


def conversation_row(viewer: Viewer, conversation_id: int) -> ConversationRow:
    """Read one conversation as an inbox shows it; raises NotFound."""
    one = access.visible_conversations(viewer, Conversation.id).where(Conversation.id == access.key(conversation_id))
    row = session.execute(_rows(viewer, one.cte("page"))).first()
    if row is None:
        raise NotFound
    return _conversation_row(viewer, row)


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


def news(viewer: Viewer, conversation_id: int | None, team: bool) -> tuple[int, int, str]:
    """Read what a poll compares: the inbox's version, an open thread's last seq, the team's newest key.

    One statement; a conversation that the viewer may not see has the last seq 0, like a missing one.
    """
    version = select(Inbox.version).where(access.owns_inbox(viewer)).scalar_subquery()
    columns: list[Any] = [func.coalesce(version, 0)]
    if conversation_id is not None and 0 < conversation_id <= access.LARGEST_KEY:
        seq = access.visible_conversations(viewer, Conversation.last_seq).where(Conversation.id == conversation_id)
        columns.append(func.coalesce(seq.scalar_subquery(), 0))
    else:
        columns.append(literal(0))
    columns.append(newest_of_team(viewer) if team else literal(""))
    row = session.execute(select(*columns)).one()
    return row[0], row[1], str(row[2] or "")


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


def _keys(viewer: Viewer, filters: ConversationFilters, after: Position | None, limit: int) -> Select[Any]:
    """Select the ids of a page, newest first: one range of an index per status (and channel), then the union."""
    statuses = [filters.status] if filters.status else list(ConversationStatus)
    if filters.team and not filters.unread:
        at, number = Conversation.last_message_at, Conversation.id
        ranges = [
            access.visible_conversations(viewer, number.label("id"), at.label("at")).where(
                bound, Conversation.status == status
            )
            for status in statuses
            for bound in _team_ranges(viewer, filters.channel, filters.store_id)
        ]
        store, joined = Conversation.store_id, True
    else:
        at, number = _Row.last_message_at, _Row.conversation_id
        own = access.own_participations(viewer, number.label("id"), at.label("at"))
        if filters.channel:
            own = own.where(_Row.conversation_type == filters.channel)
        if filters.unread:
            own = own.where(_Row.unread_count > 0)
            # no bare status here: SQLite would then walk all of an inbox's open rows instead of its unread ones
            ranges = [own.where(func.coalesce(_Row.status, "") == filters.status) if filters.status else own]
        else:
            ranges = [own.where(_Row.status == status) for status in statuses]
        store, joined = _Row.store_id, False
    pages = []
    for page in ranges:
        if filters.store_id is not None:
            page = page.where(store == filters.store_id)
        if filters.text:
            page = page if joined else page.join(Conversation, Conversation.id == number)
            page = page.where(_holds(viewer, filters.text))
        if after:
            key = tuple_(
                literal(after.last_message_at, UTCDateTime),
                literal(after.conversation_id),
            )
            page = page.where(tuple_(at, number) < key)
        pages.append(page.order_by(at.desc(), number.desc()).limit(limit))
    if len(pages) == 1:
        return pages[0]
    union = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return select(union).order_by(union.c.at.desc(), union.c.id.desc()).limit(limit)


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


def _rows(viewer: Viewer, page: CTE) -> Select[Any]:
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
            _name(viewer, Conversation.last_sender_type, Customer.name, sender.name).label("last_sender_name"),
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
            _name(viewer, Message.sender_type, Customer.name, User.name).label("sender_name"),
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
            _name(viewer, _Row.participant_type, Customer.name, User.name).label("name"),
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
            _party(viewer, row.participant_type, row.participant_id, row.name),
            None
            if viewer.is_customer and (row.participant_type, row.participant_id) != (viewer.side, viewer.id)
            else row.last_read_seq,
        )
        for row in found
    ]


def _holds(viewer: Viewer, text: str) -> ColumnElement[bool]:
    """The condition that a subject or a name which this viewer may see holds the text."""

    def holds(column: Any) -> ColumnElement[bool]:
        return func.lower(column).contains(text.lower(), autoescape=True)

    people = select(_Row.conversation_id).join(
        User,
        and_(User.id == _Row.participant_id, _Row.participant_type != Side.CUSTOMER),
    )
    people = people.where(_Row.conversation_id == Conversation.id, holds(User.name))
    platform: ColumnElement[bool] | None = None
    if not viewer.is_admin:
        people = people.where(_Row.participant_type == Side.STORE)
        platform = and_(
            Conversation.conversation_type != ConversationType.STORE_CUSTOMER,
            holds(settings.text_of(PLATFORM_DISPLAY_NAME)),
        )
    conditions = [
        holds(Conversation.subject),
        Conversation.customer_id.in_(select(Customer.id).where(holds(Customer.name))),
        Conversation.store_id.in_(select(Store.id).where(holds(Store.name))),
        people.correlate(Conversation).exists(),
    ]
    if platform is not None:
        conditions.append(platform)
    return or_(*conditions)


def _name(viewer: Viewer, side: Any, customer: Any, user: Any) -> ColumnElement[str]:
    """The name under which this viewer may know a person: admins stand behind the platform's for everybody else."""
    if viewer.is_admin:
        return case((side == Side.CUSTOMER, customer), else_=user)
    return case(
        (side == Side.CUSTOMER, customer),
        (side == Side.ADMIN, settings.text_of(PLATFORM_DISPLAY_NAME)),
        else_=user,
    )


def _party(viewer: Viewer, side: Side, number: int, name: str | None) -> Party:
    """Admins have no id for the other sides: who of the platform wrote is the platform's own affair."""
    hidden = side is Side.ADMIN and not viewer.is_admin
    return Party(side, None if hidden else number, name or "")


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
        last_sender=_party(viewer, row.last_sender_type, row.last_sender_id, row.last_sender_name),
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


def _message_row(viewer: Viewer, row: Any) -> MessageRow:
    return MessageRow(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        sender=_party(viewer, row.sender_type, row.sender_id, row.sender_name),
        is_own=(row.sender_type, row.sender_id) == (viewer.side, viewer.id),
        kind=row.kind,
        content=row.content,
        created_at=row.created_at,
    )


def _seq(number: int) -> int:
    return min(max(number, 0), access.LARGEST_KEY)
