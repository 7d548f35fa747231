"""Signing in with a password: one answer for every failure, and limits that survive a restart."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from webapp.accounts import sessions, tokens
from webapp.accounts.errors import Invalid, StoreNeeded, TooManyAttempts, WrongCredentials
from webapp.accounts.models import Customer, Side, SignInAttempt, Store, User, UserRole
from webapp.accounts.passwords import verify_password
from webapp.accounts.service import normalise_email
from webapp.accounts.sessions import Visit
from webapp.database import is_postgresql, now, reading, session, writing

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 5
PER_ADDRESS = 50
PER_ACCOUNT = 100
KEPT_FOR = timedelta(days=90)


def sign_in(side: Side, email: str, password: str, visit: Visit, store_code: str | None = None) -> str:
    """Check a password and return the secret of a new session; raises what ``_check`` raises."""
    attempt_id, email = _check(side, email, password, visit, store_code)
    with writing():
        token = _begin(side, email, visit, store_code)
        _succeeded(attempt_id)
        return token


def sign_in_program(
    side: Side, email: str, password: str, visit: Visit, store_code: str | None = None
) -> tuple[str, datetime]:
    """Check a password and return a new token of an API with its end; raises what ``_check`` raises.

    A user of several stores says in which one; raises StoreNeeded, but only after the password was right.
    """
    attempt_id, email = _check(side, email, password, visit, store_code if side is Side.CUSTOMER else None)
    with writing():
        account = _find(side, email, store_code)
        if account is None:
            raise WrongCredentials
        store_id = _store_of_program(account, store_code)
        _succeeded(attempt_id)
        return tokens.issue_sign_in(account, store_id)


def _store_of_program(account: User | Customer, code: str | None) -> int | None:
    if isinstance(account, Customer):
        return account.store_id
    if account.role is UserRole.ADMIN:
        return None
    stores = sessions.stores_of_user(account.id)
    if code is None and len(stores) > 1:
        raise StoreNeeded
    found = next((store for store in stores if code in {None, store.code}), None)
    if found is None:
        raise WrongCredentials
    return found.id


def _succeeded(attempt_id: int) -> None:
    session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))


def _check(side: Side, email: str, password: str, visit: Visit, store_code: str | None) -> tuple[int, str]:
    """Check a password, and return the counted try and the e-mail in its one form.

    Raises WrongCredentials for every kind of failure, after the same time, and TooManyAttempts after 5 failures from
    one address on one account, 50 from one address, or 100 on one account, within 15 minutes. An address from which
    the account was signed in to within 90 days is not bound by the last: strangers cannot lock its owner out.
    The try is counted before the password is checked, so that many at once cannot all pass.
    """
    try:
        email = normalise_email(email)
    except Invalid:
        email = email.strip().lower()[:254]
    account_key = _key(side, store_code, email)
    with writing():
        attempt_id = _count_attempt(account_key, visit.address[:64])
    with reading():
        account = _find(side, email, store_code)
        password_hash = account.password_hash if account else None
    if not verify_password(password_hash, password):
        raise WrongCredentials
    return attempt_id, email


def sign_in_without_password(side: Side, email: str, visit: Visit, store_code: str | None = None) -> str:
    """Return the secret of a new session for an active account; raises WrongCredentials. For the demo only."""
    with writing():
        return _begin(side, email, visit, store_code)


def _begin(side: Side, email: str, visit: Visit, store_code: str | None) -> str:
    account = _find(side, email, store_code)
    store_id = _store_id(account)
    if account is None or (side is not Side.ADMIN and store_id is None):
        raise WrongCredentials
    return sessions.start(account, store_id, visit)


def _count_attempt(account: str, address: str) -> int:
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
        count, oldest = session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(
                condition,
                ~SignInAttempt.succeeded,
                SignInAttempt.at > since,
                SignInAttempt.at <= moment,
            )
        ).one()
        if count >= most:
            raise TooManyAttempts(max(1, int((oldest + WINDOW - moment).total_seconds()) + 1))
    attempt = SignInAttempt(account=account, address=address, at=moment)
    session.add(attempt)
    session.flush()
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < moment - KEPT_FOR))
    return attempt.id


def _find(side: Side, email: str, store_code: str | None) -> User | Customer | None:
    if not f"{email}{store_code or ''}".isprintable():  # no account's, and no database can be asked for all of them
        return None
    if side is Side.CUSTOMER:
        return session.scalar(
            select(Customer)
            .join(Store, Store.id == Customer.store_id)
            .where(
                Store.code == (store_code or ""),
                Store.is_active,
                Customer.email == email,
                Customer.is_active,
            )
        )
    return session.scalar(select(User).where(User.email == email, User.role == UserRole(side.value), User.is_active))


def _store_id(account: User | Customer | None) -> int | None:
    match account:
        case Customer():
            return account.store_id
        case User(role=UserRole.STORE):
            return sessions.first_store_id(account)
    return None


def _lock_key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def _key(side: Side, store_code: str | None, email: str) -> str:
    text = f"{side.value}\n{store_code or ''}\n{email}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
