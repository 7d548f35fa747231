"""Somebody by side and id, outside of any request: the viewer they would be now, if they may do anything at all."""

from __future__ import annotations

from sqlalchemy import and_, select

from webapp.accounts.models import Customer, Side, Store, StoreMember, User, UserRole
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import session


def active_viewer(side: Side, person_id: int, store_id: int | None) -> Viewer | None:
    """Return the viewer of an active person in an active store; None when a session of theirs would have ended.

    An admin acts in no store, whatever is given.
    """
    if side is Side.CUSTOMER:
        statement = (
            select(Customer, Store)
            .join(Store, and_(Store.id == Customer.store_id, Store.is_active))
            .where(Customer.id == person_id, Customer.store_id == store_id, Customer.is_active)
        )
        found = session.execute(statement).first()
        return _viewer(side, found[0], found[1]) if found else None
    if side is Side.ADMIN:
        admin = session.scalar(select(User).where(User.id == person_id, User.is_active, User.role == UserRole.ADMIN))
        return _viewer(side, admin, None) if admin else None
    row = session.execute(
        select(User, Store)
        .join(StoreMember, and_(StoreMember.user_id == User.id, StoreMember.is_active))
        .join(Store, and_(Store.id == StoreMember.store_id, Store.is_active))
        .where(User.id == person_id, User.is_active, User.role == UserRole.STORE, Store.id == store_id)
    ).first()
    return _viewer(side, row[0], row[1]) if row else None


def _viewer(side: Side, account: User | Customer, store: Store | None) -> Viewer:
    ref = StoreRef(store.id, store.code, store.name) if store else None
    return Viewer(side, account.id, account.name, account.email, account.timezone, account.locale, ref)
