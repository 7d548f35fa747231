"""Sign-in, server-side sessions and sign-out; a session ends with its row, its membership or its account."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, func, literal, select, update
from sqlalchemy.orm import aliased

from webapp.accounts.factors import second
from webapp.accounts.holders import holder, viewer_of
from webapp.accounts.models import Customer, Side, SignInSession, Store, StoreMember, User
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.audit.log import By
from webapp.database import now, session
from webapp.prepared import read

TOKEN_BYTES = 32
ABSOLUTE_LIMIT = timedelta(days=30)
IDLE_LIMIT = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
ASKED_AT_ONCE = 500
CONFIRMED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is valid now: who it is, and what the request needs to know of it."""

    viewer: Viewer
    token_hash: str
    store_count: int
    """How many stores this person can act in; above one the page offers to switch."""
    is_due: bool
    """Whether ``touch`` should note that the person was here."""
    is_confirmed: bool
    """Whether the person showed who they are a short while ago."""
    is_restricted: bool
    """Whether the person has to set up a second step before anything else."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a sign-in came from."""

    address: str
    user_agent: str


def hash_token(token: str) -> str:
    """Return the form in which a session's or a link's secret is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(account: User | Customer, store_id: int | None, visit: Visit, *, confirmed: bool = True) -> str:
    """Begin a session for an account that was proved, and return the secret for its cookie.

    It is restricted while the account lacks a second step that the settings demand. It is not ``confirmed`` when the
    person did nothing for the proof: then dangerous acts ask at once.
    """
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
            confirmed_at=moment if confirmed else None,
            restricted_at=moment if second.is_required(account) and not second.is_on(account) else None,
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
    rows = read(_valid_session(side), asked)
    return _signed_in(side, rows[0], moment) if rows else None


def still_valid(side: Side, token_hashes: Sequence[str]) -> dict[str, int | None]:
    """Return which of these sessions are valid at this portal, each with the store it acts in; a few statements."""
    moment = now()
    asked = {"moment": moment, "idle_since": moment - IDLE_LIMIT}
    found: dict[str, int | None] = {}
    for first in range(0, len(token_hashes), ASKED_AT_ONCE):
        sought = token_hashes[first : first + ASKED_AT_ONCE]
        rows = session.execute(_valid_sessions(side), {**asked, "sought": sought})
        found.update({row.token_hash: row.store_id for row in rows})
    return found


def end(token: str) -> None:
    """Sign this browser out of this portal."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


def actor(account: User | Customer, store_id: int | None) -> By:
    """Return an account as the one who does something, in the store they act in."""
    return By(Side.CUSTOMER if isinstance(account, Customer) else Side(account.role.value), account.id, store_id)


def account_of(viewer: Viewer) -> User | Customer:
    """Return the row of the viewer's account."""
    return session.get_one(Customer, viewer.id) if viewer.is_customer else session.get_one(User, viewer.id)


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


@cache
def _valid_session(side: Side) -> Select:  # type: ignore[type-arg]
    held = (
        SignInSession.token_hash,
        SignInSession.last_seen_at,
        SignInSession.confirmed_at,
        SignInSession.restricted_at,
    )
    return holder(side, SignInSession, *held, _store_count(side)).where(
        SignInSession.token_hash == bindparam("sought"),
        SignInSession.side == side,
        SignInSession.expires_at > bindparam("moment"),
        SignInSession.last_seen_at > bindparam("idle_since"),
    )


@cache
def _valid_sessions(side: Side) -> Select:  # type: ignore[type-arg]
    return holder(side, SignInSession, SignInSession.token_hash).where(
        SignInSession.token_hash.in_(bindparam("sought", expanding=True)),
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


def _signed_in(side: Side, row: Any, moment: datetime) -> SignedIn:
    return SignedIn(
        viewer=viewer_of(side, row),
        token_hash=row.token_hash,
        store_count=row.store_count,
        is_due=row.last_seen_at < moment - SEEN_EVERY,
        is_confirmed=row.confirmed_at is not None and moment - CONFIRMED_FOR < row.confirmed_at <= moment,
        is_restricted=row.restricted_at is not None,
    )
