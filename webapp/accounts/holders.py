"""Who holds a session or a token: the person, their membership and their store, all still active, in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, null, select

from webapp.accounts.models import ApiToken, Customer, Side, SignInSession, Store, StoreMember, User, UserRole
from webapp.accounts.viewer import StoreRef, Viewer

Held = type[SignInSession] | type[ApiToken]


def holder(side: Side, held: Held, *columns: Any) -> Select[Any]:
    """Select these columns of what is held and who holds it, as long as everything it rests on is active."""
    if side is Side.CUSTOMER:
        return (
            _columns(held, Customer, None, columns)
            .join(Customer, Customer.id == held.customer_id)
            .join(Store, and_(Store.id == Customer.store_id, Store.is_active))
            .where(Customer.is_active)
        )
    statement = _columns(held, User, StoreMember if side is Side.STORE else None, columns).join(
        User, and_(User.id == held.user_id, User.is_active)
    )
    if side is Side.ADMIN:
        return statement.outerjoin(Store, Store.id == held.store_id).where(User.role == UserRole.ADMIN)
    return (
        statement.join(
            StoreMember,
            and_(StoreMember.user_id == User.id, StoreMember.store_id == held.store_id, StoreMember.is_active),
        )
        .join(Store, and_(Store.id == StoreMember.store_id, Store.is_active))
        .where(User.role == UserRole.STORE)
    )


def viewer_of(side: Side, row: Any) -> Viewer:
    """Return the viewer that a row of ``holder`` stands for."""
    return Viewer(
        side=side,
        id=row.id,
        name=row.name,
        email=row.email,
        timezone=row.timezone,
        locale=row.locale,
        store=None if side is Side.ADMIN else StoreRef(row.store_id, row.code, row.store_name, row.accent or ""),
        role=row.role or None,
        preferences=row.preferences or {},
    )


def _columns(
    held: Held, account: type[User | Customer], member: type[StoreMember] | None, columns: tuple[Any, ...]
) -> Select[Any]:
    of_account: tuple[Any, ...] = (
        account.id,
        account.name,
        account.email,
        account.timezone,
        account.locale,
        account.preferences,
    )
    return select(
        *of_account,
        Store.id.label("store_id"),
        Store.code,
        Store.name.label("store_name"),
        Store.accent,
        (member.role if member else null()).label("role"),
        *columns,
    ).select_from(held)
