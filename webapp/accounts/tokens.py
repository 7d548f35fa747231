"""Tokens of programs: made, found, listed and revoked; only their hashes are kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, select, update

from webapp.accounts.errors import Invalid
from webapp.accounts.holders import holder, viewer_of
from webapp.accounts.models import ApiToken, Customer, Scope, Side, Store, TokenKind, User
from webapp.accounts.sessions import TOKEN_BYTES, account_of, actor, hash_token
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import now, session
from webapp.prepared import read

PREFIX = "parley_"
"""So that people and secret scanners know one when they see it."""

SIGN_IN_LASTS = timedelta(hours=12)
USED_EVERY = timedelta(minutes=5)
MOST_DAYS = 365
NAME_LENGTH = 60
_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A token that is valid now: who it acts as, and what it may be used for."""

    viewer: Viewer
    token_id: int
    scopes: frozenset[Scope]
    is_due: bool
    """Whether ``touch`` should note that it was used."""


def issue(
    account: User | Customer, store_id: int | None, kind: TokenKind, name: str, scopes: Iterable[Scope], until: datetime
) -> str:
    """Make a token for an account that was checked, and return it; it cannot be shown again.

    Raises Invalid without a name of 1 to 60 characters or without a scope.
    """
    name, wanted = " ".join(name.split()), sorted(set(scopes))
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid("name", f"Enter a name of 1 to {NAME_LENGTH} characters")
    if not wanted:
        raise Invalid("scopes", "Choose what the token may be used for")
    token, moment = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), now()
    is_customer = isinstance(account, Customer)
    session.execute(delete(ApiToken).where(ApiToken.expires_at < moment - SIGN_IN_LASTS))
    row = ApiToken(
        token_hash=hash_token(token),
        kind=kind,
        side=Side.CUSTOMER if is_customer else Side(account.role.value),  # type: ignore[union-attr]
        user_id=None if is_customer else account.id,
        customer_id=account.id if is_customer else None,
        store_id=store_id,
        name=name,
        scopes=" ".join(wanted),
        expires_at=until,
    )
    session.add(row)
    session.flush()
    if kind is TokenKind.LONG_LIVED:
        facts = {"scopes": row.scopes, "ends": until.date().isoformat()}
        log.note(actor(account, store_id), Action.TOKEN_CREATED, "token", row.id, after=facts)
    return token


def issue_sign_in(account: User | Customer, store_id: int | None) -> tuple[str, datetime]:
    """Make the token of a program that signed in with a password, and return it with its end."""
    until = now() + SIGN_IN_LASTS
    return issue(account, store_id, TokenKind.SIGN_IN, "Signed in with a password", Scope, until), until


def issue_long_lived(
    account: User | Customer, store_id: int | None, name: str, scopes: Iterable[Scope], days: int
) -> str:
    """Make a token that lasts 1 to 365 days, and return it; raises what ``issue`` raises, and Invalid for the days."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days", f"Choose 1 to {MOST_DAYS} days")
    return issue(account, store_id, TokenKind.LONG_LIVED, name, scopes, now() + timedelta(days=days))


def issue_own(viewer: Viewer, name: str, scopes: Iterable[Scope], days: int) -> str:
    """Make a long-lived token of the viewer, for the store they act in; raises what ``issue_long_lived`` raises."""
    return issue_long_lived(account_of(viewer), viewer.store_id, name, scopes, days)


def find(side: Side, token: str) -> TokenHolder | None:
    """Return who a token acts as at this portal, if it and everything it rests on is valid, in one statement."""
    if not _SHAPE.fullmatch(token):
        return None
    moment = now()
    rows = read(_valid(side), {"sought": hash_token(token), "moment": moment})
    if not rows:
        return None
    (row,) = rows
    scopes = frozenset(map(Scope, row.scopes.split()))
    is_due = row.last_used_at is None or row.last_used_at < moment - USED_EVERY
    return TokenHolder(viewer_of(side, row), row.token_id, scopes, is_due)


def touch(token_id: int) -> None:
    """Note that a token was used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))


def of_viewer(viewer: Viewer) -> list[tuple[ApiToken, str | None]]:
    """Return the viewer's own tokens that have not ended, the newest first, each with the name of its store.

    Those for another store of the same person are among them: they are theirs to revoke.
    """
    statement = select(ApiToken, Store.name).outerjoin(Store, Store.id == ApiToken.store_id)
    statement = statement.where(_own(viewer), ApiToken.expires_at > now())
    rows = session.execute(statement.order_by(ApiToken.created_at.desc(), ApiToken.id.desc()))
    return [(token, name) for token, name in rows]


def revoke(viewer: Viewer, token_id: int) -> bool:
    """End one of the viewer's own tokens; tell whether there was one."""
    gone = session.execute(delete(ApiToken).where(_own(viewer), ApiToken.id == token_id).returning(ApiToken.id))
    there = gone.first() is not None
    if there:
        log.note(viewer, Action.TOKEN_REVOKED, "token", token_id)
    return there


def end_sign_ins_of(account: User | Customer) -> None:
    """End the tokens of programs that signed in with the account's password."""
    person = ApiToken.customer_id if isinstance(account, Customer) else ApiToken.user_id
    session.execute(delete(ApiToken).where(person == account.id, ApiToken.kind == TokenKind.SIGN_IN))


def _own(viewer: Viewer) -> ColumnElement[bool]:
    person = ApiToken.customer_id if viewer.is_customer else ApiToken.user_id
    return and_(ApiToken.side == viewer.side, person == viewer.id)


@cache
def _valid(side: Side) -> Select[Any]:
    return holder(side, ApiToken, ApiToken.id.label("token_id"), ApiToken.scopes, ApiToken.last_used_at).where(
        ApiToken.token_hash == bindparam("sought"),
        ApiToken.side == side,
        ApiToken.expires_at > bindparam("moment"),
    )
