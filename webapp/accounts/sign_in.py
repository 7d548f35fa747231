"""Signing in with a password: one answer for every failure, and limits that survive a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from webapp.accounts import attempts, new_password, sessions, tokens
from webapp.accounts.errors import (
    ChallengeEnded,
    Invalid,
    SecondStepNeeded,
    StoreNeeded,
    WrongCode,
    WrongCredentials,
)
from webapp.accounts.factors import challenges, second
from webapp.accounts.factors.models import SignInChallenge
from webapp.accounts.factors.owning import Account
from webapp.accounts.models import Customer, Side, Store, User, UserRole
from webapp.accounts.passwords import check_new_password, hash_password, verify_password
from webapp.accounts.service import normalise_email
from webapp.accounts.sessions import Visit
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import reading, session, writing


def sign_in(side: Side, email: str, password: str, visit: Visit, store_code: str | None = None) -> str:
    """Check a password and return the secret of a new session; raises what ``_check`` raises.

    Raises SecondStepNeeded for an account that has one: until that is done, the try counts as failed.
    """
    attempt_id, email = _check(side, email, password, visit, store_code)
    with writing():
        account, store_id = active_account(side, email, store_code)
        if not second.is_on(account):
            attempts.succeed(attempt_id)
            return start(account, store_id, visit)
        challenge = challenges.begin(side, account, store_id, attempts.key_of(side, store_code, email), attempt_id)
    raise SecondStepNeeded(challenge)


def finish(side: Side, challenge: str, visit: Visit, is_right: Callable[[Account, SignInChallenge], bool]) -> str:
    """Check the second step, a code or what a passkey signed, and return the secret of a new session.

    Raises ChallengeEnded, WrongCode, and TooManyAttempts: a code is guessed under the limits of the password.
    """
    with writing():
        held = challenges.find(side, challenge)
        if held is None:
            raise ChallengeEnded
        attempt_id = attempts.count(held.account_key, visit.address)
    with writing():
        held = challenges.find(side, challenge)
        account = challenges.account_of(held) if held else None
        if held is None or account is None:
            raise ChallengeEnded
        if is_right(account, held):
            attempts.succeed(attempt_id)
            attempts.succeed(held.attempt_id)
            challenges.end(held)
            return start(account, held.store_id, visit)
        note_failure(side, account)
    raise WrongCode


def sign_in_program(
    side: Side, email: str, password: str, visit: Visit, store_code: str | None = None
) -> tuple[str, datetime]:
    """Check a password and return a new token of an API with its end; raises what ``_check`` raises.

    A user of several stores says in which one; raises StoreNeeded, but only after the password was right. Somebody
    who has a second step, or must have one, makes a token on the account page instead: raises SecondStepNeeded.
    """
    attempt_id, email = _check(side, email, password, visit, store_code if side is Side.CUSTOMER else None)
    with writing():
        account = _find(side, email, store_code)
        if account is None:
            raise WrongCredentials
        store_id = _store_of_program(account, store_code)
        if second.is_on(account) or second.is_required(account):
            raise SecondStepNeeded("")
        attempts.succeed(attempt_id)
        _note(Action.SIGNED_IN, account, store_id, {"as": "a program"})
        return tokens.issue_sign_in(account, store_id)


def confirm(viewer: Viewer, password: str, visit: Visit) -> None:
    """Check the password of somebody who is signed in already; raises what ``_check`` raises."""
    attempt_id, _ = _check(
        viewer.side, viewer.email, password, visit, viewer.store.code if viewer.is_customer and viewer.store else None
    )
    with writing():
        attempts.succeed(attempt_id)


def change_password(viewer: Viewer, current: str, new: str, visit: Visit) -> str:
    """Give the viewer a new password, end all that rests on the old one, and return the secret of a new session.

    What ends is said in ``new_password``. Raises Invalid for the new password, and what ``_check`` raises for the
    current one.
    """
    new_hash = hash_password(new)
    check_new_password(new, viewer.email, viewer.name, viewer.store.name if viewer.store else "")
    confirm(viewer, current, visit)
    if new == current:
        raise Invalid("password", "Choose another password than the one you have")
    with writing():
        account = sessions.account_of(viewer)
        new_password.give(account, new_hash)
        _note(Action.PASSWORD_CHANGED, account, viewer.store_id)
        return sessions.start(account, viewer.store_id, visit)


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


def _check(side: Side, email: str, password: str, visit: Visit, store_code: str | None) -> tuple[int, str]:
    """Check a password, and return the counted try and the e-mail in its one form.

    Raises WrongCredentials for every kind of failure, after the same time, and what ``attempts.count`` raises.
    The try is counted before the password is checked, so that many at once cannot all pass.
    """
    try:
        email = normalise_email(email)
    except Invalid:
        email = email.strip().lower()[:254]
    account_key = attempts.key_of(side, store_code, email)
    with writing():
        attempt_id = attempts.count(account_key, visit.address)
    with reading():
        account = _find(side, email, store_code)
        password_hash = account.password_hash if account else None
    if not verify_password(password_hash, password):
        with writing():
            note_failure(side, account)
        raise WrongCredentials
    return attempt_id, email


def active_account(side: Side, email: str, store_code: str | None) -> tuple[Account, int | None]:
    """Return an active account and the store it begins in; raises WrongCredentials."""
    account = _find(side, email, store_code)
    store_id = first_store(account)
    if account is None or (side is not Side.ADMIN and store_id is None):
        raise WrongCredentials
    return account, store_id


def start(
    account: Account, store_id: int | None, visit: Visit, how: dict[str, str] | None = None, *, confirmed: bool = True
) -> str:
    """Note a sign-in that is complete, and return the secret of its session."""
    _note(Action.SIGNED_IN, account, store_id, how)
    return sessions.start(account, store_id, visit, confirmed=confirmed)


def _note(action: Action, account: User | Customer, store_id: int | None, after: dict[str, str] | None = None) -> None:
    by = sessions.actor(account, store_id)
    log.note(by, action, "customer" if isinstance(account, Customer) else "user", account.id, after=after)


def note_failure(side: Side, account: Account | None) -> None:
    """Note that somebody did not get in."""
    kind = "customer" if side is Side.CUSTOMER else "user"
    store_id = account.store_id if isinstance(account, Customer) else None
    log.note(None, Action.SIGN_IN_FAILED, kind, account.id if account else "", store_id=store_id)


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


def first_store(account: Account | None) -> int | None:
    """Return the store in which an account begins; None for the platform's, and for those who have none."""
    match account:
        case Customer():
            return account.store_id
        case User(role=UserRole.STORE):
            return sessions.first_store_id(account)
    return None
