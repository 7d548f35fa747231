"""Between the two steps of a sign-in: what was shown already, kept for ten minutes under a secret of its own."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from webapp.accounts.factors.models import SignInChallenge
from webapp.accounts.models import Customer, Side, User
from webapp.accounts.sessions import TOKEN_BYTES, hash_token
from webapp.database import now, session

LASTS = timedelta(minutes=10)


def begin(side: Side, account: User | Customer, store_id: int | None, account_key: str, attempt_id: int) -> str:
    """Keep a sign-in whose password was right, and return the secret that continues it."""
    token, moment = secrets.token_urlsafe(TOKEN_BYTES), now()
    session.execute(delete(SignInChallenge).where(SignInChallenge.expires_at < moment))
    is_customer = isinstance(account, Customer)
    session.add(
        SignInChallenge(
            token_hash=hash_token(token),
            side=side,
            user_id=None if is_customer else account.id,
            customer_id=account.id if is_customer else None,
            store_id=store_id,
            account_key=account_key,
            attempt_id=attempt_id,
            passkey_challenge=secrets.token_bytes(TOKEN_BYTES),
            expires_at=moment + LASTS,
        )
    )
    session.flush()
    return token


def find(side: Side, token: str) -> SignInChallenge | None:
    """Return the sign-in that waits under this secret at this portal."""
    return session.scalar(
        select(SignInChallenge).where(
            SignInChallenge.token_hash == hash_token(token),
            SignInChallenge.side == side,
            SignInChallenge.expires_at > now(),
        )
    )


def account_of(held: SignInChallenge) -> User | Customer | None:
    """Return the account that waits, if it is still active."""
    account: User | Customer | None
    account = (
        session.get(Customer, held.customer_id) if held.customer_id is not None else session.get(User, held.user_id)
    )
    return account if account and account.is_active else None


def end(held: SignInChallenge) -> None:
    """Forget the sign-in."""
    session.delete(held)
    session.flush()
