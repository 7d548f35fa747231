"""A second step: whether there is one, the authenticator app and the recovery codes; all take the account's row."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

import pyotp
from sqlalchemy import Exists, delete, exists, func, or_, select, update

from webapp.accounts.errors import Invalid
from webapp.accounts.factors.models import Authenticator, Passkey, RecoveryCode
from webapp.accounts.factors.owning import Account, key_of, of
from webapp.accounts.factors.sealing import seal, unseal
from webapp.accounts.models import Customer, MemberRole, Store, StoreMember, UserRole
from webapp.database import now, session
from webapp.settings.definitions import (
    SECOND_FACTOR_ADMINS,
    SECOND_FACTOR_AGENTS,
    SECOND_FACTOR_OWNERS,
)
from webapp.settings.service import PlatformSettings

ISSUER = "Parley"
STEP_SECONDS = 30
TOLERATED_STEPS = 1
"""A clock may be half a minute wrong."""

RECOVERY_CODES = 8
_RECOVERY_BYTES = 15
_RECOVERY = re.compile(r"[a-z2-7]{24}")


def is_on(account: Account) -> bool:
    """Tell whether the account has a second step: an app, or a passkey."""
    a_passkey = exists().where(of(Passkey, account))
    return bool(session.scalar(select(or_(_confirmed(account), a_passkey))))


def has_app(account: Account) -> bool:
    """Tell whether codes of an app are the account's second step, or one of them."""
    return bool(session.scalar(select(_confirmed(account))))


def may_lose_one(account: Account) -> bool:
    """Tell whether the account may give up its app or a passkey: another is left, or none is demanded."""
    passkeys = session.scalar(select(func.count()).where(of(Passkey, account))) or 0
    return passkeys + has_app(account) > 1 or not is_required(account)


def is_required(account: Account) -> bool:
    """Tell whether the platform's settings demand a second step of somebody in this account's role."""
    if isinstance(account, Customer):
        return False
    values = PlatformSettings().all()
    if account.role is UserRole.ADMIN:
        return bool(values[SECOND_FACTOR_ADMINS.key])
    roles = session.scalars(
        select(StoreMember.role)
        .join(Store, Store.id == StoreMember.store_id)
        .where(StoreMember.user_id == account.id, StoreMember.is_active, Store.is_active)
    )
    setting_of = {MemberRole.OWNER: SECOND_FACTOR_OWNERS, MemberRole.AGENT: SECOND_FACTOR_AGENTS}
    return any(values[setting_of[role].key] for role in roles)


def begin(account: Account) -> None:
    """Make a new secret that is yet to be confirmed; raises Invalid when there is an app already."""
    if has_app(account):
        raise Invalid("code", "It is on already")
    session.execute(delete(Authenticator).where(of(Authenticator, account)))
    session.add(Authenticator(**key_of(account), sealed_secret=seal(pyotp.random_base32(32)), last_step=0))
    session.flush()


def unconfirmed(account: Account) -> tuple[str, str] | None:
    """Return the secret that is being set up and its address for the app's camera, if one is."""
    statement = select(Authenticator).where(of(Authenticator, account), Authenticator.confirmed_at.is_(None))
    row = session.scalar(statement)
    secret = unseal(row.sealed_secret) if row else None
    if secret is None:
        return None
    return secret, pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=ISSUER)


def confirm(account: Account, code: str) -> list[str]:
    """Take the app for a second step with a code of it, and return the recovery codes, which are not kept.

    Raises Invalid for another code.
    """
    statement = select(Authenticator).where(of(Authenticator, account), Authenticator.confirmed_at.is_(None))
    row = session.scalar(statement)
    step = _step_of(row, code) if row else None
    if row is None or step is None:
        raise Invalid("code", "This is not the code that the app shows now")
    row.confirmed_at, row.last_step = now(), step
    session.flush()
    return new_recovery_codes(account)


def new_recovery_codes(account: Account) -> list[str]:
    """Replace the recovery codes and return the new ones; only their hashes are kept."""
    session.execute(delete(RecoveryCode).where(of(RecoveryCode, account)))
    codes = [base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(**key_of(account), code_hash=_hash(code)) for code in codes)
    session.flush()
    return ["-".join(re.findall("....", code)) for code in codes]


def recovery_codes_left(account: Account) -> int:
    """Count the recovery codes that were not used."""
    return session.scalar(select(func.count()).where(of(RecoveryCode, account))) or 0


def accepts(account: Account, code: str) -> bool:
    """Tell whether a code fits, and use it up: a code of the app for good, a recovery code with its row."""
    code = re.sub(r"[\s-]", "", code).lower()
    if _RECOVERY.fullmatch(code):
        used = delete(RecoveryCode).where(of(RecoveryCode, account), RecoveryCode.code_hash == _hash(code))
        return session.execute(used.returning(RecoveryCode.id)).first() is not None
    row = session.scalar(
        select(Authenticator).where(of(Authenticator, account), Authenticator.confirmed_at.is_not(None))
    )
    step = _step_of(row, code) if row else None
    if row is None or step is None:
        return False
    taken = update(Authenticator).where(Authenticator.id == row.id, Authenticator.last_step < step)
    return session.execute(taken.values(last_step=step).returning(Authenticator.id)).first() is not None


def remove_app(account: Account) -> bool:
    """End the app, and the recovery codes with the last of the second steps; tell whether there was one."""
    had = has_app(account)
    session.execute(delete(Authenticator).where(of(Authenticator, account)))
    forget_codes_of_nothing(account)
    return had


def forget_codes_of_nothing(account: Account) -> None:
    """Forget the recovery codes of an account that has no second step any more."""
    if not is_on(account):
        session.execute(delete(RecoveryCode).where(of(RecoveryCode, account)))


def switch_off(account: Account) -> bool:
    """End every second step and the recovery codes; tell whether there was one."""
    was_on = is_on(account)
    for table in (Authenticator, Passkey, RecoveryCode):
        session.execute(delete(table).where(of(table, account)))
    return was_on


def _confirmed(account: Account) -> Exists:
    return exists().where(of(Authenticator, account), Authenticator.confirmed_at.is_not(None))


def _step_of(row: Authenticator, code: str) -> int | None:
    """Return the 30 seconds to which the code belongs, if it is one of those around now and not used yet."""
    secret = unseal(row.sealed_secret)
    code = re.sub(r"\s", "", code)
    if secret is None or not re.fullmatch(r"[0-9]{6}", code):
        return None
    current = int(now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    fitting = [
        step
        for step in range(current - TOLERATED_STEPS, current + TOLERATED_STEPS + 1)
        if secrets.compare_digest(totp.at(step * STEP_SECONDS), code)
    ]
    return next((step for step in fitting if step > row.last_step), None)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
