"""Passkeys: made, named, removed, and what they sign checked; every function that takes an account takes its row."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:  # 14 MB, imported by the first who needs it
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from webapp.accounts.errors import Invalid
from webapp.accounts.factors import second
from webapp.accounts.factors.models import Passkey, RecoveryCode
from webapp.accounts.factors.owning import Account, key_of, of
from webapp.accounts.models import Customer, User
from webapp.database import now, session

NAME_LENGTH = 60
MOST = 20
"""Passkeys of one person."""
LONGEST_ANSWER = 16_000
"""Characters in which a browser tells what a device has signed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys hold: the host as devices know it, and the origin of our pages."""

    host: str
    origin: str


class WrongPasskey(Exception):
    """What the device signed is not right, or the passkey is not one that is known here."""


def of_account(account: Account) -> list[Passkey]:
    """Return the account's passkeys, the oldest first."""
    return list(session.scalars(select(Passkey).where(of(Passkey, account)).order_by(Passkey.id)))


def to_make(account: Account, place: Place, challenge: bytes) -> str:
    """Return what a browser needs to make a passkey, as JSON; one device makes one for an account."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=second.ISSUER,
        user_name=account.email,
        user_id=_handle(account),
        user_display_name=account.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(account),
    )
    return webauthn.options_to_json(options)


def make(account: Account, place: Place, challenge: bytes | None, answer: str, name: str) -> tuple[Passkey, list[str]]:
    """Keep a passkey; return it, and recovery codes when the account has none yet, which are not kept.

    Raises Invalid for a name of other than 1 to 60 characters, the 21st passkey, and an answer that is not right.
    """
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    name = checked_name(name)
    if len(of_account(account)) >= MOST:
        raise Invalid("name", f"You have {MOST} passkeys. Remove one first")
    if challenge is None:
        raise Invalid("name", "That took too long. Begin again")
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError) as error:
        raise Invalid("name", "Your browser made no passkey that can be used here. Try again") from error
    credential_id = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise Invalid("name", "This passkey is known already")
    row = Passkey(
        **key_of(account),
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
    )
    session.add(row)
    session.flush()
    has_codes = session.scalar(select(func.count()).where(of(RecoveryCode, account)))
    return row, [] if has_codes else second.new_recovery_codes(account)


def rename(account: Account, passkey_id: int, name: str) -> bool:
    """Give one of the account's passkeys another name; tell whether there is one. Raises Invalid for the name."""
    row = _own(account, passkey_id)
    if row is None:
        return False
    row.name = checked_name(name)
    session.flush()
    return True


def remove(account: Account, passkey_id: int) -> bool:
    """Forget one of the account's passkeys, the recovery codes with the last second step; tell whether there was one.

    Raises Invalid when a second step is demanded and this is the last one.
    """
    row = _own(account, passkey_id)
    if row is None:
        return False
    if not second.may_lose_one(account):
        raise Invalid("passkey", "The platform demands a second step of you: the last one stays")
    session.delete(row)
    session.flush()
    second.forget_codes_of_nothing(account)
    return True


def to_sign(account: Account | None, place: Place, challenge: bytes, *, alone: bool = False) -> str:
    """Return what a browser needs to sign in with a passkey, as JSON.

    With an account it is one of its own, as a second step. Without one it is any that the device has for us. Where
    nothing else is asked for (``alone``, or no account), the device asks for the person's finger, face or PIN.
    """
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        allow_credentials=_descriptors(account) if account else None,
        user_verification=UserVerificationRequirement.REQUIRED
        if alone or account is None
        else UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def accepts(account: Account, place: Place, challenge: bytes | None, answer: str, *, alone: bool = False) -> bool:
    """Tell whether the answer is the challenge, signed by a passkey of this account; ``alone``: the person verified."""
    if challenge is None:
        return False
    try:
        _check(place, challenge, answer, of(Passkey, account), verified=alone)
    except WrongPasskey:
        return False
    return True


def account_of(place: Place, challenge: bytes, answer: str) -> Account:
    """Return the account whose passkey signed the challenge, with the person verified; raises WrongPasskey."""
    row = _check(place, challenge, answer, verified=True)
    account: Account | None
    account = session.get(Customer, row.customer_id) if row.customer_id is not None else session.get(User, row.user_id)
    if account is None or not account.is_active:
        raise WrongPasskey
    return account


def checked_name(name: str) -> str:
    """Return the name on one line; raises Invalid for one that is empty or longer than 60 characters."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid("name", f"Give it a name of 1 to {NAME_LENGTH} characters")
    return name


def _check(place: Place, challenge: bytes, answer: str, *conditions: object, verified: bool = False) -> Passkey:
    credential = _read(answer)
    credential_id = credential.get("id")
    if not isinstance(credential_id, str) or not credential_id.isascii() or not credential_id.isprintable():
        raise WrongPasskey
    sought = select(Passkey).where(Passkey.credential_id == credential_id, *conditions)  # type: ignore[arg-type]
    row = session.scalar(sought.with_for_update())
    if row is None:
        raise WrongPasskey
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=verified,
        )
    except (WebAuthnException, ValueError) as error:
        raise WrongPasskey from error
    row.sign_count, row.last_used_at = signed.new_sign_count, now()
    session.flush()
    return row


def _read(answer: str) -> dict[str, object]:
    try:
        found = json.loads(answer[:LONGEST_ANSWER])
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _own(account: Account, passkey_id: int) -> Passkey | None:
    return session.scalar(select(Passkey).where(Passkey.id == passkey_id, of(Passkey, account)))


def _descriptors(account: Account) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in of_account(account)]


def _handle(account: Account) -> bytes:
    """What devices know the account by: always the same, and nothing that says who it is."""
    kind = "customer" if isinstance(account, Customer) else "user"
    return hashlib.blake2b(f"{kind} {account.id}".encode(), digest_size=32, person=b"parley-passkey").digest()
