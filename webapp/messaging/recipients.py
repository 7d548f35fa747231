"""Whom a viewer may write to: the directory behind the compose page's combobox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, false, func, literal, null, or_, select, union_all

from webapp.accounts.models import Customer, Side, Store, StoreMember, User
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import Id, session
from webapp.messaging.access import LARGEST_KEY, channel_between
from webapp.messaging.errors import Invalid
from webapp.messaging.text import can_be_sought

MOST = 20


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
class Choice:
    """One line of the directory."""

    recipient: Recipient
    name: str
    email: str | None
    """None for a whole store."""
    store: StoreRef


def unknown_recipient() -> Invalid:
    """The refusal of a recipient who does not exist, is not active, or is not this viewer's to write to."""
    return Invalid("recipient", "unknown", "Choose who to write to from the list")


def find_choices(viewer: Viewer, side: Side, text: str = "", limit: int = MOST) -> list[Choice]:
    """Return active people of that side whose name or e-mail holds the text, by name; whole stores come first.

    A store user finds the customers of their own store only; a customer finds nobody.
    """
    if channel_between(viewer, side) is None:
        return []
    if side is Side.CUSTOMER:
        statement = _customers(viewer, text)
    else:
        both = union_all(select(_whole_stores(text).subquery()), select(_members(text).subquery())).subquery()
        statement = select(both).order_by(both.c.place, both.c.store_name, both.c.name)
    return [_choice(side, row) for row in session.execute(statement.limit(limit))]


def find_choice(viewer: Viewer, recipient: Recipient) -> Choice | None:
    """Return the directory's line for one recipient, if the viewer may write to them."""
    if channel_between(viewer, recipient.type) is None:
        return None
    if recipient.type is Side.CUSTOMER:
        statement = _customers(viewer, "").where(Customer.id == recipient.id)
    elif recipient.id is None:
        statement = _whole_stores("").where(Store.id == recipient.store_id)
    else:
        statement = _members("").where(User.id == recipient.id, Store.id == recipient.store_id)
    row = session.execute(statement).first()
    return _choice(recipient.type, row) if row else None


def _customers(viewer: Viewer, text: str) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            Customer.id,
            Customer.name,
            Customer.email,
            Store.id.label("store_id"),
            Store.code,
            Store.name.label("store_name"),
        )
        .join(Store, Store.id == Customer.store_id)
        .where(
            Customer.is_active,
            Store.is_active,
            _holds(text, Customer.name, Customer.email),
        )
        .order_by(func.lower(Customer.name), Customer.id)
    )
    return statement.where(Customer.store_id == viewer.tenant_id) if viewer.is_store else statement


def _members(text: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(1).label("place"),
            User.id,
            User.name,
            User.email,
            Store.id.label("store_id"),
            Store.code,
            Store.name.label("store_name"),
        )
        .select_from(StoreMember)
        .join(User, User.id == StoreMember.user_id)
        .join(Store, Store.id == StoreMember.store_id)
        .where(
            StoreMember.is_active,
            User.is_active,
            Store.is_active,
            _holds(text, User.name, User.email, Store.name),
        )
        .order_by(func.lower(Store.name), func.lower(User.name))
        .limit(MOST)
    )


def _whole_stores(text: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(0).label("place"),
            cast(null(), Id).label("id"),
            Store.name,
            cast(null(), String).label("email"),
            Store.id.label("store_id"),
            Store.code,
            Store.name.label("store_name"),
        )
        .where(Store.is_active, _holds(text, Store.name, Store.code))
        .order_by(func.lower(Store.name))
        .limit(MOST)
    )


def _holds(text: str, *columns: Any) -> Any:
    if not can_be_sought(text):
        return false()
    return or_(*(func.lower(column).contains(text.strip().lower(), autoescape=True) for column in columns))


def _choice(side: Side, row: Any) -> Choice:
    store_id = None if side is Side.CUSTOMER else row.store_id
    return Choice(
        Recipient(side, row.id, store_id),
        row.name,
        row.email,
        StoreRef(row.store_id, row.code, row.store_name),
    )
