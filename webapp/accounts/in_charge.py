"""Who is in charge now, the admins of the platform and the owners of a store, kept so until the transaction ends."""

from __future__ import annotations

from sqlalchemy import Select, select

from webapp.accounts.models import MemberRole, StoreMember, User, UserRole
from webapp.database import session


def admins() -> set[int]:
    """Return the ids of the active admins; nobody else changes that meanwhile.

    Locked in the order of ids, as the owners are: two who change each other wait, and do not wait in a circle.
    """
    return _locked(select(User.id).where(User.role == UserRole.ADMIN, User.is_active).order_by(User.id))


def owners(store_id: int) -> set[int]:
    """Return the ids of a store's owners whose membership and account are active; nobody changes that meanwhile."""
    return _locked(
        select(User.id)
        .join(StoreMember, StoreMember.user_id == User.id)
        .where(
            StoreMember.store_id == store_id,
            StoreMember.role == MemberRole.OWNER,
            StoreMember.is_active,
            User.is_active,
        )
        .order_by(User.id)
    )


def _locked(ids: Select[int]) -> set[int]:
    return set(session.scalars(ids.with_for_update(key_share=True)))
