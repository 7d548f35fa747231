"""Passwords: argon2id, bounded, and the same work for an account that does not exist."""

from __future__ import annotations

import time

import pytest

from webapp.accounts.errors import Invalid
from webapp.accounts.passwords import UNUSABLE, hash_password, verify_password


@pytest.mark.parametrize("password", ["12345678", "x" * 256, "pässwörd 👍", " spaces  "])
def test_only_the_password_fits_its_hash(password):
    stored = hash_password(password)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(stored, password)
    assert not verify_password(stored, password + "x")
    assert not verify_password(stored, password[:-1])
    assert not verify_password(stored, "")


def test_two_hashes_of_one_password_differ():
    assert hash_password("parley-demo") != hash_password("parley-demo")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257])
def test_a_password_too_short_or_too_long_is_refused(password):
    with pytest.raises(Invalid) as refused:
        hash_password(password)
    assert refused.value.field == "password"


def test_a_long_guess_does_not_fit_by_its_beginning():
    assert not verify_password(hash_password("x" * 256), "x" * 5000)


@pytest.mark.parametrize("stored", [None, UNUSABLE, "", "not a hash", "$argon2id$broken"])
def test_nothing_fits_where_there_is_no_password(stored):
    for guess in ("", "!", "nobody has this password", "parley-demo"):
        assert not verify_password(stored, guess)


def test_nobodys_password_costs_the_time_of_a_wrong_one():
    stored = hash_password("parley-demo")
    verify_password(None, "warm up")

    def fastest(hashed):
        times = []
        for _ in range(5):
            began = time.process_time()
            verify_password(hashed, "a wrong guess")
            times.append(time.process_time() - began)
        return min(times)

    wrong = fastest(stored)
    for nobody in (None, UNUSABLE):
        assert 0.5 < fastest(nobody) / wrong < 2
