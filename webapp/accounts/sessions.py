"""Sign-in, server-side sessions and sign-out; a session ends with its row, its membership or its account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Row, Select, and_, bindparam, delete, func, literal, null, select, update
from sqlalchemy.orm import aliased

from webapp.accounts.models import (
    Customer,
    Side,
    SignInSession,
    Store,
    StoreMember,
    User,
    UserRole,
)
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import now, session

TOKEN_BYTES = 32
ABSOLUTE_LIMIT = timedelta(days=30)
IDLE_LIMIT = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is valid now: who it is, and what the request needs to know of it."""

    viewer: Viewer
    token_hash: str
    store_count: int
    """How many stores this person can act in; above one the page offers to switch."""
    is_due: bool
    """Whether ``touch`` should note that the person was here."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a sign-in came from."""

    address: str
    user_agent: str


def hash_token(token: str) -> str:
    """Return the form in which a session's or a link's secret is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(account: User | Customer, store_id: int | None, visit: Visit) -> str:
    """Begin a session for an account whose password was checked, and return the secret for its cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    is_customer = isinstance(account, Customer)
    session.add(
        SignInSession(
            token_hash=hash_token(token),
            side=Side.CUSTOMER if is_customer else Side(account.role.value),  # type: ignore[union-attr]
            user_id=None if is_customer else account.id,
            customer_id=account.id if is_customer else None,
            store_id=store_id,
            address=visit.address[:64],
            user_agent=visit.user_agent[:255],
            last_seen_at=moment,
            expires_at=moment + ABSOLUTE_LIMIT,
        )
    )
    session.execute(delete(SignInSession).where(SignInSession.expires_at < moment))
    session.flush()
    return token


def find(side: Side, token: str) -> SignedIn | None:
    """Return who the secret belongs to at this portal, if the session and everything it rests on is active.

    One statement: session, person, membership and store are checked together, so nothing can end unnoticed.
    """
    moment = now()
    asked = {"sought": hash_token(token), "moment": moment, "idle_since": moment - IDLE_LIMIT}
    row = session.execute(_valid_session(side), asked).one_or_none()
    return _signed_in(side, row, moment) if row else None


def end(token: str) -> None:
    """Sign this browser out of this portal."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


def touch(token_hash: str) -> None:
    """Note that the person was here, which keeps the session from growing idle."""
    session.execute(update(SignInSession).where(SignInSession.token_hash == token_hash).values(last_seen_at=now()))


def stores_of(viewer: Viewer) -> list[StoreRef]:
    """The stores a store user can act in, by name."""
    rows = session.execute(
        select(Store.id, Store.code, Store.name)
        .join(StoreMember, StoreMember.store_id == Store.id)
        .where(StoreMember.user_id == viewer.id, StoreMember.is_active, Store.is_active)
        .order_by(Store.name)
    )
    return [StoreRef(*row) for row in rows]


def switch_store(token_hash: str, viewer: Viewer, code: str) -> StoreRef | None:
    """Let the session act in another of the user's stores; None when it is not one of them."""
    target = next((store for store in stores_of(viewer) if store.code == code), None)
    if target:
        session.execute(update(SignInSession).where(SignInSession.token_hash == token_hash).values(store_id=target.id))
    return target


def first_store_id(user: User) -> int | None:
    """The store in which a store user begins: where they were last, else the one they joined first."""
    return session.scalar(
        select(Store.id)
        .join(
            StoreMember,
            and_(StoreMember.store_id == Store.id, StoreMember.user_id == user.id),
        )
        .outerjoin(
            SignInSession,
            and_(SignInSession.store_id == Store.id, SignInSession.user_id == user.id),
        )
        .where(StoreMember.is_active, Store.is_active)
        .group_by(Store.id, StoreMember.created_at)
        .order_by(func.max(SignInSession.last_seen_at).desc().nulls_last(), StoreMember.created_at, Store.id)
        .limit(1)
    )


@cache
def _valid_session(side: Side) -> Select:  # type: ignore[type-arg]
    return _account_of(side).where(
        SignInSession.token_hash == bindparam("sought"),
        SignInSession.side == side,
        SignInSession.expires_at > bindparam("moment"),
        SignInSession.last_seen_at > bindparam("idle_since"),
    )


def _account_of(side: Side) -> Select:  # type: ignore[type-arg]
    if side is Side.CUSTOMER:
        return (
            _columns(Customer, None)
            .join(Customer, Customer.id == SignInSession.customer_id)
            .join(Store, and_(Store.id == Customer.store_id, Store.is_active))
            .where(Customer.is_active)
        )
    statement = _columns(User, StoreMember if side is Side.STORE else None).join(
        User, and_(User.id == SignInSession.user_id, User.is_active)
    )
    if side is Side.ADMIN:
        return statement.outerjoin(Store, Store.id == SignInSession.store_id).where(User.role == UserRole.ADMIN)
    return (
        statement.join(
            StoreMember,
            and_(
                StoreMember.user_id == User.id,
                StoreMember.store_id == SignInSession.store_id,
                StoreMember.is_active,
            ),
        )
        .join(Store, and_(Store.id == StoreMember.store_id, Store.is_active))
        .where(User.role == UserRole.STORE)
    )


def _columns(account: type[User | Customer], member: type[StoreMember] | None) -> Select:  # type: ignore[type-arg]
    other, other_store = aliased(StoreMember), aliased(Store)
    stores = (
        select(func.count())
        .select_from(other)
        .join(other_store, and_(other_store.id == other.store_id, other_store.is_active))
        .where(other.user_id == SignInSession.user_id, other.is_active)
        .correlate(SignInSession)
        .scalar_subquery()
    )
    return select(
        SignInSession.token_hash,
        SignInSession.last_seen_at,
        account.id,
        account.name,
        account.email,
        account.timezone,
        account.locale,
        Store.id.label("store_id"),
        Store.code,
        Store.name.label("store_name"),
        (member.role if member else null()).label("role"),
        (stores if member else literal(0)).label("store_count"),
    ).select_from(SignInSession)


def _signed_in(side: Side, row: Row, moment: datetime) -> SignedIn:  # type: ignore[type-arg]
    store = None if side is Side.ADMIN else StoreRef(row.store_id, row.code, row.store_name)
    viewer = Viewer(
        side=side,
        id=row.id,
        name=row.name,
        email=row.email,
        timezone=row.timezone,
        locale=row.locale,
        store=store,
        role=row.role or None,
    )
    return SignedIn(viewer, row.token_hash, row.store_count, row.last_seen_at < moment - SEEN_EVERY)
