"""Sign-in, server-side sessions and sign-out; a session ends with its row, its membership or its account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, delete, func, literal, select, update
from sqlalchemy.orm import aliased

from webapp.accounts.holders import holder, viewer_of
from webapp.accounts.models import Customer, Side, SignInSession, Store, StoreMember, User
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


def of_viewer(viewer: Viewer) -> list[SignInSession]:
    """Return the viewer's own sessions at their portal that have not ended, the last seen first."""
    moment = now()
    statement = select(SignInSession).where(
        _own(viewer), SignInSession.expires_at > moment, SignInSession.last_seen_at > moment - IDLE_LIMIT
    )
    return list(session.scalars(statement.order_by(SignInSession.last_seen_at.desc(), SignInSession.token_hash)))


def end_own(viewer: Viewer, token_hash: str) -> bool:
    """End one of the viewer's own sessions; tell whether there was one."""
    gone = session.execute(
        delete(SignInSession)
        .where(_own(viewer), SignInSession.token_hash == token_hash)
        .returning(SignInSession.token_hash)
    )
    return gone.first() is not None


def touch(token_hash: str) -> None:
    """Note that the person was here, which keeps the session from growing idle."""
    session.execute(update(SignInSession).where(SignInSession.token_hash == token_hash).values(last_seen_at=now()))


def stores_of(viewer: Viewer) -> list[StoreRef]:
    """The stores a store user can act in, by name."""
    return stores_of_user(viewer.id)


def stores_of_user(user_id: int) -> list[StoreRef]:
    """The stores a user can act in, by name."""
    rows = session.execute(
        select(Store.id, Store.code, Store.name)
        .join(StoreMember, StoreMember.store_id == Store.id)
        .where(StoreMember.user_id == user_id, StoreMember.is_active, Store.is_active)
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


def _own(viewer: Viewer) -> ColumnElement[bool]:
    person = SignInSession.customer_id if viewer.is_customer else SignInSession.user_id
    return and_(SignInSession.side == viewer.side, person == viewer.id)


@cache
def _valid_session(side: Side) -> Select:  # type: ignore[type-arg]
    return holder(side, SignInSession, SignInSession.token_hash, SignInSession.last_seen_at, _store_count(side)).where(
        SignInSession.token_hash == bindparam("sought"),
        SignInSession.side == side,
        SignInSession.expires_at > bindparam("moment"),
        SignInSession.last_seen_at > bindparam("idle_since"),
    )


def _store_count(side: Side) -> Any:
    """The number of stores in which the person of a session can act."""
    if side is not Side.STORE:
        return literal(0).label("store_count")
    other, other_store = aliased(StoreMember), aliased(Store)
    return (
        select(func.count())
        .select_from(other)
        .join(other_store, and_(other_store.id == other.store_id, other_store.is_active))
        .where(other.user_id == SignInSession.user_id, other.is_active)
        .correlate(SignInSession)
        .scalar_subquery()
        .label("store_count")
    )


def _signed_in(side: Side, row: Row, moment: datetime) -> SignedIn:  # type: ignore[type-arg]
    return SignedIn(viewer_of(side, row), row.token_hash, row.store_count, row.last_seen_at < moment - SEEN_EVERY)
