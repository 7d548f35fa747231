"""Whom a viewer may write to: the directory behind the compose page's combobox and the API's list of recipients."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from webapp.accounts.models import Customer, Side, Store, StoreMember, User
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import Id, session
from webapp.messaging.access import LARGEST_KEY, channel_between
from webapp.messaging.errors import Invalid
from webapp.messaging.text import can_be_sought

MOST = 20
_WHOLE_STORE, _MEMBER, _CUSTOMER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a conversation is addressed to: one customer, one user of a store, or a whole store (no id)."""

    type: Side
    id: int | None = None
    store_id: int | None = None

    def as_text(self) -> str:
        """Return the form in which pages carry it: ``customer:7``, ``member:5:3`` or ``store:3``."""
        if self.type is Side.CUSTOMER:
            return f"customer:{self.id}"
        return f"store:{self.store_id}" if self.id is None else f"member:{self.id}:{self.store_id}"

    @classmethod
    def from_text(cls, text: str) -> Recipient:
        """Read the form in which pages carry it; raises Invalid for any other text."""
        kind, *numbers = text.split(":")
        if all(number.isascii() and number.isdigit() and len(number) < 20 for number in numbers) and all(
            0 < int(number) <= LARGEST_KEY for number in numbers
        ):
            match kind, [int(number) for number in numbers]:
                case "customer", [customer_id]:
                    return cls(Side.CUSTOMER, customer_id)
                case "store", [store_id]:
                    return cls(Side.STORE, None, store_id)
                case "member", [user_id, store_id]:
                    return cls(Side.STORE, user_id, store_id)
        raise unknown_recipient()


@dataclass(frozen=True, slots=True)
class Directory:
    """What narrows the directory: a side, a store, and text within a name or an e-mail."""

    side: Side | None = None
    store_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in the directory's order; customers stand by their names, whatever their store."""

    kind: int
    store_key: str
    store_id: int
    name_key: str
    id: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the directory."""

    recipient: Recipient
    name: str
    email: str | None
    """None for a whole store."""
    store: StoreRef
    place: Place


def unknown_recipient() -> Invalid:
    """The refusal of a recipient who does not exist, is not active, or is not this viewer's to write to."""
    return Invalid("recipient", "unknown", "Choose who to write to from the list")


def find_choices(viewer: Viewer, wanted: Directory, limit: int = MOST, after: Place | None = None) -> list[Choice]:
    """Return active people and stores that the viewer may write to: whole stores, then their users, then customers.

    A store user finds the customers of their own store only; a customer finds nobody.
    """
    kinds = _kinds(viewer, wanted)
    if not kinds or not can_be_sought(wanted.text):
        return []
    pages = [_page(kind, viewer, wanted, limit, after) for kind in kinds]
    both = union_all(*(select(page.subquery()) for page in pages)).subquery()
    statement = select(both).order_by(*_order(both)).limit(limit)
    return [_choice(row) for row in session.execute(statement)]


def find_choice(viewer: Viewer, recipient: Recipient) -> Choice | None:
    """Return the directory's line for one recipient, if the viewer may write to them."""
    if recipient.type is Side.CUSTOMER:
        kind, condition = _CUSTOMER, Customer.id == recipient.id
    elif recipient.id is None:
        kind, condition = _WHOLE_STORE, Store.id == recipient.store_id
    else:
        kind, condition = _MEMBER, and_(User.id == recipient.id, Store.id == recipient.store_id)
    if kind not in _kinds(viewer, Directory(recipient.type)):
        return None
    row = session.execute(_lines(kind, viewer, Directory()).where(condition)).first()
    return _choice(row) if row else None


def _kinds(viewer: Viewer, wanted: Directory) -> list[int]:
    sides = {Side.STORE: [_WHOLE_STORE, _MEMBER], Side.CUSTOMER: [_CUSTOMER]}
    return [
        kind
        for side, kinds in sides.items()
        if wanted.side in {None, side} and channel_between(viewer, side) is not None
        for kind in kinds
    ]


def _page(kind: int, viewer: Viewer, wanted: Directory, limit: int, after: Place | None) -> Select[Any]:
    lines = _lines(kind, viewer, wanted).subquery()
    key = _order(lines)
    statement = select(lines).order_by(*key).limit(limit)
    return statement if after is None else statement.where(tuple_(*key) > tuple_(*astuple(after)))


def _order(lines: Subquery) -> list[ColumnElement[Any]]:
    return [lines.c[name] for name in ("kind", "store_key", "store_number", "name_key", "number")]


def _lines(kind: int, viewer: Viewer, wanted: Directory) -> Select[Any]:
    """Select the active lines of one kind within what the viewer may see."""
    statement = {_WHOLE_STORE: _whole_stores, _MEMBER: _members, _CUSTOMER: _customers}[kind](wanted.text)
    if viewer.is_store:
        statement = statement.where(Store.id == viewer.tenant_id)
    return statement.where(Store.id == wanted.store_id) if wanted.store_id is not None else statement


def _whole_stores(text: str) -> Select[Any]:
    statement = _columns(_WHOLE_STORE, cast(null(), Id), Store.name, cast(null(), String)).select_from(Store)
    return statement.where(Store.is_active, _holds(text, Store.name, Store.code))


def _members(text: str) -> Select[Any]:
    return (
        _columns(_MEMBER, User.id, User.name, User.email)
        .select_from(StoreMember)
        .join(User, and_(User.id == StoreMember.user_id, User.is_active))
        .join(Store, and_(Store.id == StoreMember.store_id, Store.is_active))
        .where(StoreMember.is_active, _holds(text, User.name, User.email, Store.name))
    )


def _customers(text: str) -> Select[Any]:
    return (
        _columns(_CUSTOMER, Customer.id, Customer.name, Customer.email)
        .join(Store, and_(Store.id == Customer.store_id, Store.is_active))
        .where(Customer.is_active, _holds(text, Customer.name, Customer.email))
    )


def _columns(kind: int, number: Any, name: Any, email: Any) -> Select[Any]:
    """Select a line with the parts of its place."""
    return select(
        literal(kind).label("kind"),
        number.label("id"),
        name.label("name"),
        email.label("email"),
        Store.id.label("store_id"),
        Store.code.label("code"),
        Store.name.label("store_name"),
        (literal("") if kind == _CUSTOMER else func.lower(Store.name)).label("store_key"),
        (literal(0) if kind == _CUSTOMER else Store.id).label("store_number"),
        (literal("") if kind == _WHOLE_STORE else func.lower(name)).label("name_key"),
        func.coalesce(number, 0).label("number"),
    )


def _holds(text: str, *columns: Any) -> ColumnElement[bool]:
    if not can_be_sought(text):
        return false()
    return or_(*(func.lower(column).contains(text.strip().lower(), autoescape=True) for column in columns))


def _choice(row: Any) -> Choice:
    side = Side.CUSTOMER if row.kind == _CUSTOMER else Side.STORE
    store_id = None if side is Side.CUSTOMER else row.store_id
    place = Place(row.kind, row.store_key, row.store_number, row.name_key, row.number)
    store = StoreRef(row.store_id, row.code, row.store_name)
    return Choice(Recipient(side, row.id, store_id), row.name, row.email, store, place)
