"""Passwords: argon2id hashes, and the same answer time for an account that does not exist."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.accounts.common_passwords import is_common
from webapp.accounts.errors import Invalid

MIN_LENGTH = 8
MAX_LENGTH = 256
UNUSABLE = "!"
"""The hash of somebody who has no password: nothing verifies against it."""

SITE = "Parley"

_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD = re.compile(r"[^\W\d_]+")
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""The OWASP minimum for argon2id, 41 ms here."""


def hash_password(password: str) -> str:
    """Hash a new password; raises Invalid when it is shorter than 8 or longer than 256 characters."""
    _check_length(password)
    return _hasher.hash(password)


def check_new_password(password: str, *about: str) -> None:
    """Refuse what has the wrong length or is guessed first; raises Invalid with words for the person.

    That is one character or a straight run, what many people have, and our name or a word ``about`` the account with
    nothing but digits and signs around it.
    """
    _check_length(password)
    folded = password.casefold()
    core = _AROUND.sub("", folded)
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    own = {word for text in (SITE, *about) for word in _WORD.findall(text.casefold()) if len(word) > 2}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise Invalid("password", "This password is guessed at once. Choose another one")
    if core in own or folded in {text.casefold() for text in about}:
        raise Invalid("password", "This password is your name, your address or ours. Choose another one")
    if is_common(folded, core):
        raise Invalid("password", "This password is one that many people have. Choose another one")


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


def _check_length(password: str) -> None:
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid("password", f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters")


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")
