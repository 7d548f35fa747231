"""Passwords: argon2id hashes, and the same answer time for an account that does not exist."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.accounts.errors import Invalid

MIN_LENGTH = 8
MAX_LENGTH = 256
UNUSABLE = "!"
"""The hash of somebody who has no password: nothing verifies against it."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""The OWASP minimum for argon2id, 41 ms here."""


def hash_password(password: str) -> str:
    """Hash a new password; raises Invalid when it is shorter than 8 or longer than 256 characters."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid("password", f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether the password fits; an unknown account costs the same time as a wrong password."""
    usable = password_hash not in {None, UNUSABLE}
    try:
        fits = _hasher.verify(
            str(password_hash) if usable else _hash_of_nobody(),
            password[: MAX_LENGTH + 1],
        )
    except (VerificationError, InvalidHashError):
        return False
    return fits and usable


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")
