"""Secrets that go out by mail: to set a password anew, and to join a store or the platform. Each works once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select

from webapp.accounts import new_password, sessions
from webapp.accounts.errors import HasAccount, Invalid
from webapp.accounts.link_models import AccountLink, LinkKind
from webapp.accounts.models import (
    Customer,
    MemberRole,
    Side,
    Store,
    StoreMember,
    User,
    UserRole,
)
from webapp.accounts.passwords import check_new_password, hash_password
from webapp.accounts.service import AccountService, normalise_email
from webapp.accounts.sessions import TOKEN_BYTES, hash_token
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action, AuditEntry
from webapp.database import now, session

RESET_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)
RESETS_PER_HOUR = 3
INVITATIONS_PER_DAY = 50
INVITATION = "invitation"
"""What the audit log calls one: by it those of a day are counted, withdrawn ones too."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation says to the one who opened it."""

    email: str
    store: Store | None
    role: MemberRole | None
    needs_account: bool
    """Whether a name and a password are still to be chosen."""


def ask_for_reset(side: Side, email: str, store_code: str | None) -> tuple[User | Customer, str] | None:
    """Return an account with the secret for its new password; None when there is no such account, or it had enough.

    The caller answers the same either way.
    """
    account = AccountService().find_active(side, email, store_code)
    if account is None:
        return None
    since = now() - timedelta(hours=1)
    recent = select(func.count()).where(_resets_of(account), AccountLink.created_at > since)
    if (session.scalar(recent) or 0) >= RESETS_PER_HOUR:
        return None
    is_customer = isinstance(account, Customer)
    person = {"customer_id": account.id} if is_customer else {"user_id": account.id}
    return account, _make(LinkKind.RESET, RESET_LASTS, **person)


def can_reset(side: Side, token: str) -> bool:
    """Tell whether the secret sets a password at this portal."""
    return _account_of(side, token) is not None


def reset(side: Side, token: str, password: str) -> User | Customer | None:
    """Set the account's new password and end all that rests on the old one; None for a secret that is not valid.

    Raises Invalid for a password that cannot be accepted.
    """
    new_hash = hash_password(password)
    account = _account_of(side, token)
    if account is None:
        return None
    session.refresh(account, with_for_update={"key_share": True})
    if not _take(token):
        return None
    check_new_password(password, account.email, account.name)
    new_password.give(account, new_hash)
    by = sessions.actor(account, account.store_id if isinstance(account, Customer) else None)
    log.note(by, Action.PASSWORD_RESET, "customer" if isinstance(account, Customer) else "user", account.id)
    return account


def invite(viewer: Viewer, email: str, role: MemberRole | None) -> tuple[str, str]:
    """Invite somebody to the viewer's store in this role, or without one to the platform; return e-mail and secret.

    Raises Invalid for what is no address and after 50 a day, and HasAccount, which counts as one of them once it is
    noted: nobody should find out by inviting who has an account.
    """
    email = normalise_email(email)
    if _invitations_today(viewer) >= INVITATIONS_PER_DAY:
        raise Invalid("email", f"You can invite {INVITATIONS_PER_DAY} people a day")
    known = AccountService().find_user(email)
    if known and (role is None or known.role is not UserRole.STORE):
        raise HasAccount("email", f"{email} has an account already and cannot be invited here")
    if known and role is not None and _is_member(known, viewer.tenant_id):
        raise HasAccount("email", f"{email} works here already")
    store_id = viewer.store_id if role else None
    session.execute(delete(AccountLink).where(AccountLink.email == email, AccountLink.store_id == store_id))
    token = _make(
        LinkKind.INVITATION, INVITATION_LASTS, email=email, store_id=store_id, role=role, invited_by=viewer.id
    )
    log.note(viewer, Action.INVITED, INVITATION, after={"role": role.value if role else "admin"})
    return email, token


def note_refusal(viewer: Viewer) -> None:
    """Count an invitation that was refused towards those of the day."""
    log.note(viewer, Action.REFUSED, INVITATION)


def open_invitation(side: Side, token: str) -> Invitation | None:
    """Return what an invitation says; None when it is not valid at this portal."""
    row = _find(LinkKind.INVITATION, token)
    if row is None or row.email is None or (row.store_id is None) != (side is Side.ADMIN):
        return None
    store = session.get(Store, row.store_id) if row.store_id is not None else None
    if store is not None and not store.is_active:
        return None
    return Invitation(row.email, store, row.role, AccountService().find_user(row.email) is None)


def accept(side: Side, token: str, name: str, password: str) -> User | None:
    """Join: make the account when there is none, and the membership; None when the invitation is not valid.

    Who has come to work there meanwhile keeps their role. Raises Invalid for a name or a password that cannot be
    accepted.
    """
    invitation = open_invitation(side, token)
    if invitation is None:
        return None
    accounts = AccountService()
    user = accounts.find_user(invitation.email)
    if user and (side is Side.ADMIN or not user.is_active or user.role is not UserRole.STORE):
        return None
    if not _take(token):
        return None
    if user is None:
        check_new_password(password, invitation.email, name)
        make = accounts.create_admin if side is Side.ADMIN else accounts.create_store_user
        user = make(invitation.email, name, password)
    if invitation.store and invitation.role and not _is_member(user, invitation.store.id):
        accounts.add_member(invitation.store, user, invitation.role)
    store_id = invitation.store.id if invitation.store else None
    log.note(sessions.actor(user, store_id), Action.JOINED, "user", user.id)
    return user


def _make(kind: LinkKind, lasts: timedelta, **values: object) -> str:
    token, moment = secrets.token_urlsafe(TOKEN_BYTES), now()
    session.execute(delete(AccountLink).where(AccountLink.expires_at < moment))
    session.add(AccountLink(token_hash=hash_token(token), kind=kind, expires_at=moment + lasts, **values))
    session.flush()
    return token


def _invitations_today(viewer: Viewer) -> int:
    noted = select(func.count()).where(
        AuditEntry.actor_side == viewer.side.value,
        AuditEntry.actor_id == viewer.id,
        AuditEntry.object_type == INVITATION,
        AuditEntry.action.in_([Action.INVITED.value, Action.REFUSED.value]),
        AuditEntry.created_at > now() - timedelta(days=1),
    )
    return session.scalar(noted) or 0


def _find(kind: LinkKind, token: str) -> AccountLink | None:
    return session.scalar(
        select(AccountLink).where(
            AccountLink.token_hash == hash_token(token), AccountLink.kind == kind, AccountLink.expires_at > now()
        )
    )


def _take(token: str) -> bool:
    """Use the link up; false for whoever used it at the same moment and came second."""
    taken = delete(AccountLink).where(AccountLink.token_hash == hash_token(token))
    return session.execute(taken.returning(AccountLink.token_hash)).first() is not None


def _account_of(side: Side, token: str) -> User | Customer | None:
    row = _find(LinkKind.RESET, token)
    if row is None:
        return None
    account: User | Customer | None
    if row.customer_id is not None:
        account = session.get(Customer, row.customer_id) if side is Side.CUSTOMER else None
    else:
        account = session.get(User, row.user_id)
        if account and account.role.value != side.value:
            return None
    return account if account and account.is_active else None


def _resets_of(account: User | Customer) -> ColumnElement[bool]:
    return AccountLink.customer_id == account.id if isinstance(account, Customer) else AccountLink.user_id == account.id


def _is_member(user: User, store_id: int) -> bool:
    member = session.get(StoreMember, (store_id, user.id))
    return member is not None and member.is_active
