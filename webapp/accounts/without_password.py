"""Signing in, and showing again who one is, without a password: a passkey alone, an identity provider, the demo."""

from __future__ import annotations

from webapp.accounts import attempts, own_sessions, sessions, sign_in
from webapp.accounts.errors import SecondStepNeeded, WrongCredentials
from webapp.accounts.factors import challenges, passkeys, requests, second
from webapp.accounts.factors.owning import Account
from webapp.accounts.factors.passkeys import Place, WrongPasskey
from webapp.accounts.models import Customer, Side
from webapp.accounts.provider import Proof
from webapp.accounts.service import AccountService
from webapp.accounts.sessions import Visit
from webapp.accounts.viewer import Viewer
from webapp.database import writing


def with_passkey(side: Side, browser_hash: str, place: Place, answer: str, visit: Visit, store_code: str | None) -> str:
    """Check what a passkey signed, and return the secret of a new session; raises WrongCredentials.

    The device has asked for the person's finger, face or PIN, so this is both steps at once. A challenge is answered
    once, right or wrong; a passkey of another portal, or of a customer of another store, does not sign in here.
    """
    with writing():
        challenge = requests.take(browser_hash)
    with writing():
        account = _account(side, place, challenge, answer, store_code)
        if account is not None:
            _, store_id = sign_in.active_account(side, account.email, store_code)
            return sign_in.start(account, store_id, visit, {"by": "passkey"})
        sign_in.note_failure(side, None)
    raise WrongCredentials


def by_provider(side: Side, proof: Proof, visit: Visit) -> str:
    """Return the secret of a new session for the account whose e-mail an identity provider has proved.

    The provider stands for the password and for nothing else: no account is made, and one that has a second step here
    is asked for it. Whoever did not sign in at the provider just now is asked again before a dangerous act. Raises
    WrongCredentials for everybody without an active account, and SecondStepNeeded.
    """
    challenge = ""
    with writing():
        account = AccountService().find_active(side, proof.email, None)
        store_id = sign_in.first_store(account)
        if account is None or (side is not Side.ADMIN and store_id is None):
            sign_in.note_failure(side, account)
        elif second.is_on(account):
            key = attempts.key_of(side, None, account.email)
            attempt_id = attempts.count(key, visit.address)
            challenge = challenges.begin(side, account, store_id, key, attempt_id)
        else:
            how = {"by": "identity provider"}
            return sign_in.start(account, store_id, visit, how, confirmed=proof.is_new)
    raise SecondStepNeeded(challenge) if challenge else WrongCredentials


def in_demo(side: Side, email: str, visit: Visit, store_code: str | None = None) -> str:
    """Return the secret of a new session for an active account; raises WrongCredentials. For the demo only."""
    with writing():
        return sign_in.start(*sign_in.active_account(side, email, store_code), visit)


def confirm_with_passkey(viewer: Viewer, token_hash: str, place: Place, answer: str) -> None:
    """Let dangerous acts be done in a session in which its person signed its challenge; raises WrongCredentials.

    It takes one of the viewer's own passkeys, and a device that asked for the finger, face or PIN; the challenge is
    answered once, right or wrong.
    """
    with writing():
        challenge = requests.take(token_hash)
    with writing():
        account = sessions.account_of(viewer)
        if passkeys.accepts(account, place, challenge, answer, alone=True):
            own_sessions.confirm(token_hash)
            return
        sign_in.note_failure(viewer.side, account)
    raise WrongCredentials


def confirm_by_provider(viewer: Viewer, token_hash: str, proof: Proof) -> None:
    """Let dangerous acts be done in a session whose person signed in at the provider just now.

    Raises WrongCredentials for anybody else, and for whoever was signed in there already.
    """
    with writing():
        account = AccountService().find_active(viewer.side, proof.email, None)
        if proof.is_new and account is not None and account.id == viewer.id:
            own_sessions.confirm(token_hash)
            return
        sign_in.note_failure(viewer.side, sessions.account_of(viewer))
    raise WrongCredentials


def _account(side: Side, place: Place, challenge: bytes | None, answer: str, store_code: str | None) -> Account | None:
    if challenge is None:
        return None
    try:
        account = passkeys.account_of(place, challenge, answer)
    except WrongPasskey:
        return None
    if isinstance(account, Customer):
        store = AccountService().store_of(account)
        fits = side is Side.CUSTOMER and store.is_active and store.code == store_code
    else:
        fits = account.role.value == side.value
    return account if fits else None
