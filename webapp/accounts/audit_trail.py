"""Reading the audit log: admins read what concerns the platform, owners what their store's people did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select

from webapp.accounts.models import Customer, MemberRole, Side, Store, User
from webapp.accounts.viewer import Viewer
from webapp.audit.models import AuditEntry
from webapp.database import session

PAGE = 50
EXPORTED = 50_000
"""The most entries of a file."""

USER_SIDES = (Side.ADMIN.value, Side.STORE.value)
_ACCOUNTS: dict[str, type[User | Customer | Store]] = {"user": User, "customer": Customer, "store": Store}


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What is looked for: words in a person's name or e-mail, an address or an object's id; days are inclusive, UTC."""

    text: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with the names that its ids stand for now."""

    entry: AuditEntry
    actor: str
    """A name; empty for the command line and for strangers."""
    store: str
    object_name: str


def may_read(viewer: Viewer) -> bool:
    """Tell whether the viewer may read a log at all: admins, and the owners of a store."""
    return viewer.is_admin or (viewer.is_store and viewer.role is MemberRole.OWNER)


def lines(viewer: Viewer, filters: AuditFilters, before: int | None = None, limit: int = PAGE) -> list[Line]:
    """Return entries that the viewer may read, the newest first, beginning below the id ``before``."""
    statement = _visible(viewer).where(*_conditions(filters))
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    rows = session.execute(statement.order_by(AuditEntry.id.desc()).limit(limit)).all()
    names = _object_names(row[0] for row in rows)
    return [_line(row, names) for row in rows]


def _visible(viewer: Viewer) -> Select[Any]:
    of_users = and_(AuditEntry.actor_side.in_(USER_SIDES), User.id == AuditEntry.actor_id)
    of_customers = and_(AuditEntry.actor_side == Side.CUSTOMER.value, Customer.id == AuditEntry.actor_id)
    names: tuple[Any, ...] = (
        User.name.label("user_name"),
        Customer.name.label("customer_name"),
        Store.name.label("store"),
    )
    statement: Select[Any] = (
        select(AuditEntry, *names)
        .outerjoin(User, of_users)
        .outerjoin(Customer, of_customers)
        .outerjoin(Store, Store.id == AuditEntry.store_id)
    )
    return statement.where(_bounds(viewer))


def _bounds(viewer: Viewer) -> ColumnElement[bool]:
    if not may_read(viewer):
        return false()
    if viewer.is_admin:
        return ~AuditEntry.is_private
    return and_(AuditEntry.store_id == viewer.tenant_id, AuditEntry.actor_side == Side.STORE.value)


def _conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.action:
        conditions.append(AuditEntry.action == filters.action)
    if filters.since:
        conditions.append(AuditEntry.created_at >= _midnight(filters.since))
    if filters.until:
        conditions.append(AuditEntry.created_at < _midnight(filters.until) + timedelta(days=1))
    if text := filters.text.strip().lower():
        conditions.append(
            or_(
                User.name.icontains(text, autoescape=True),
                User.email.icontains(text, autoescape=True),
                Customer.name.icontains(text, autoescape=True),
                Customer.email.icontains(text, autoescape=True),
                Store.name.icontains(text, autoescape=True),
                AuditEntry.object_id == text,
                AuditEntry.address == text,
            )
        )
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _object_names(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        if entry.object_type in _ACCOUNTS and entry.object_id.isdigit():
            wanted.setdefault(entry.object_type, set()).add(int(entry.object_id))
    found = {}
    for kind, ids in sorted(wanted.items()):
        table = _ACCOUNTS[kind]
        for id, name in session.execute(select(table.id, table.name).where(table.id.in_(ids))):
            found[kind, str(id)] = name
    return found


def _line(row: Row[Any], names: dict[tuple[str, str], str]) -> Line:
    entry = row[0]
    return Line(
        entry,
        row.user_name or row.customer_name or "",
        row.store or "",
        names.get((entry.object_type, entry.object_id), ""),
    )
