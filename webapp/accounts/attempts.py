"""Tries at a password or a code, counted in rows: the limits on guessing survive a restart and lock no victim out."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from webapp.accounts.errors import TooManyAttempts
from webapp.accounts.models import Side, SignInAttempt
from webapp.accounts.networks import network_of
from webapp.database import is_postgresql, now, session

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 5
PER_ADDRESS = 50
PER_ACCOUNT = 100
KEPT_FOR = timedelta(days=90)


def count(account: str, address: str) -> int:
    """Count a try on an account, known by its key, from an address, and return its id; it failed until it succeeds.

    Raises TooManyAttempts after 5 failures from one address on one account, 50 from one address, or 100 on one
    account, within 15 minutes. An address from which the account was signed in to within 90 days is not bound by the
    last: strangers cannot lock its owner out. The addresses of one IPv6 network count as one.
    """
    address = network_of(address)
    if is_postgresql():  # one try at a time for an account and for an address, or many at once would all pass
        for key in sorted({_lock_key(account), _lock_key(address)}):
            session.execute(select(func.pg_advisory_xact_lock(key)))
    moment = now()
    since = moment - WINDOW
    of_account = SignInAttempt.account == account
    of_address = SignInAttempt.address == address
    known = session.scalar(select(of_account).where(of_account, of_address, SignInAttempt.succeeded).limit(1))
    limits = [
        (of_account & of_address, PER_ACCOUNT_AND_ADDRESS),
        (of_address, PER_ADDRESS),
    ]
    if not known:
        limits.append((of_account, PER_ACCOUNT))
    for condition, most in limits:
        failed, oldest = session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(
                condition,
                ~SignInAttempt.succeeded,
                SignInAttempt.at > since,
                SignInAttempt.at <= moment,
            )
        ).one()
        if failed >= most:
            raise TooManyAttempts(max(1, int((oldest + WINDOW - moment).total_seconds()) + 1))
    attempt = SignInAttempt(account=account, address=address, at=moment)
    session.add(attempt)
    session.flush()
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < moment - KEPT_FOR))
    return attempt.id


def _lock_key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def key_of(side: Side, store_code: str | None, email: str) -> str:
    """Return what stands for an account here, whether there is one or not."""
    text = f"{side.value}\n{store_code or ''}\n{email}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def succeed(attempt_id: int) -> None:
    """Let a try count no more."""
    session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))
