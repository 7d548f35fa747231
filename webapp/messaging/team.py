"""Who works here: the members of a store, for its owners, and the admins of the platform, for admins."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.accounts import in_charge, invitations, own_sessions
from webapp.accounts.audit_trail import may_read
from webapp.accounts.models import MemberRole, Side, StoreMember, User, UserRole
from webapp.accounts.service import AccountService
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import now, session
from webapp.messaging import membership, returning
from webapp.messaging.access import LARGEST_KEY
from webapp.messaging.errors import Invalid, NotAllowed, NotFound

accounts = AccountService()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here, or did."""

    id: int
    name: str
    email: str
    role: MemberRole | None
    """In the store; None for admins."""
    is_active: bool
    is_viewer: bool

    @property
    def other_role(self) -> MemberRole:
        """The role that they could have instead."""
        return MemberRole.AGENT if self.role is MemberRole.OWNER else MemberRole.OWNER


def require_manager(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer may change who works here: an admin, or an owner of the store."""
    if not may_read(viewer):
        raise NotAllowed("Only an owner of the store can change who works here")


def colleagues(viewer: Viewer) -> list[Colleague]:
    """Return who works here, those who do first, by name."""
    require_manager(viewer)
    if viewer.is_admin:
        admins = session.scalars(select(User).where(User.role == UserRole.ADMIN))
        found = [_colleague(viewer, user, None, user.is_active) for user in admins]
    else:
        members = select(StoreMember, User).join(User, User.id == StoreMember.user_id)
        rows = session.execute(members.where(StoreMember.store_id == viewer.tenant_id))
        found = [_colleague(viewer, user, member.role, member.is_active and user.is_active) for member, user in rows]
    return sorted(found, key=lambda one: (not one.is_active, one.name.casefold(), one.id))


def change_role(viewer: Viewer, user_id: int, role: MemberRole) -> None:
    """Give a member of the store another role; a store keeps at least one owner."""
    member = _member(viewer, user_id)
    if role is not MemberRole.OWNER and user_id == viewer.id:
        _require_another_owner(viewer)
    before, member.role = member.role, role
    session.flush()
    own_sessions.restrict_if_required(user_id)
    if role is not MemberRole.OWNER:
        invitations.forget_those_by(user_id, member.store_id)
    facts = {"role": before.value}, {"role": role.value}
    log.note(viewer, Action.MEMBER_CHANGED, "user", user_id, before=facts[0], after=facts[1])


def deactivate(viewer: Viewer, user_id: int) -> None:
    """End what somebody may do here, and sign them out; their messages stay."""
    if user_id == viewer.id:
        raise Invalid("user", "invalid", "You cannot deactivate yourself")
    if viewer.is_admin:
        user = _admin(viewer, user_id)
        accounts.deactivate(user, viewer)
        membership.leave(Side.ADMIN, user.id, None, now())
    else:
        member = _member(viewer, user_id)
        accounts.deactivate(member, viewer)
        membership.leave(Side.STORE, user_id, member.store_id, now())


def activate(viewer: Viewer, user_id: int) -> None:
    """Let somebody work here again: they are back in their conversations."""
    if viewer.is_admin:
        accounts.activate(_admin(viewer, user_id), viewer)
        returning.come_back(Side.ADMIN, user_id, None)
    else:
        member = _member(viewer, user_id)
        accounts.activate(member, viewer)
        returning.come_back(Side.STORE, user_id, member.store_id)


def joined(user: User) -> None:
    """Bring somebody who works for a store again back into their conversations."""
    if user.role is UserRole.STORE:
        returning.come_back(Side.STORE, user.id, None)


def _colleague(viewer: Viewer, user: User, role: MemberRole | None, is_active: bool) -> Colleague:
    return Colleague(user.id, user.name, user.email, role, is_active, user.id == viewer.id)


def _admin(viewer: Viewer, user_id: int) -> User:
    if viewer.id not in in_charge.admins():
        raise NotAllowed("You are no admin any more")
    user = session.get(User, user_id) if 0 < user_id <= LARGEST_KEY else None
    if user is None or user.role is not UserRole.ADMIN:
        raise NotFound("There is no such admin")
    return user


def _member(viewer: Viewer, user_id: int) -> StoreMember:
    require_manager(viewer)
    if viewer.is_admin or not 0 < user_id <= LARGEST_KEY:
        raise NotFound("There is nobody like this in your store")
    if viewer.id not in in_charge.owners(viewer.tenant_id):
        raise NotAllowed("Only an owner of the store can change who works here")
    member = session.get(StoreMember, (viewer.tenant_id, user_id), with_for_update=True)
    if member is None:
        raise NotFound("There is nobody like this in your store")
    return member


def _require_another_owner(viewer: Viewer) -> None:
    if in_charge.owners(viewer.tenant_id) == {viewer.id}:
        raise Invalid("user", "invalid", "A store needs an owner: make somebody else one first")
