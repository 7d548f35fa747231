"""Secrets that must be read again, encrypted at rest; former keys still open what they sealed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Keys:
    """Stands for the keys of the running application; create_app() says where they are."""

    find: Callable[[], list[str]]


keys = Keys()


def seal(secret: str) -> str:
    """Return the secret encrypted and authenticated with the application's key."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """Return the secret, or None when none of the application's keys has sealed it."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys.find()])


def _derived(key: str) -> bytes:
    """A key for this use only, so that nothing signed elsewhere can be opened here."""
    return base64.urlsafe_b64encode(hashlib.blake2b(key.encode(), digest_size=32, person=b"parley-factors").digest())
