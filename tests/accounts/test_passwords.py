"""Passwords: argon2id, bounded, and the same work for an account that does not exist."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from webapp.accounts.errors import Invalid
from webapp.accounts.passwords import (
    MIN_LENGTH,
    UNUSABLE,
    check_new_password,
    hash_password,
    verify_password,
)


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


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Passw0rd1!",
        "Summer2026!",
        "123456789",
        "87654321",
        "aaaaaaaa",
        "abcdefgh",
        "qwertzuiop",
        "!!Parley!!",
        "1234qwer",
        "12341234",
        "123123123",
        "0987654321",
        "qwertyuiop[]",
        "p@ssw0rd",
        "drowssap",
        "michael1",
        "Kowalski#77",
        "passwordpasswordpassword",
        "MARA.LIND1",
        "lindlind@example.com",
        "Harbor2026",
    ],
)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(Invalid) as refused:
        check_new_password(password, "lindlind@example.com", "mara.lind1", "Mara Lind", "Harbor Goods")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "parley-demo",
        "correct horse",
        "Mara likes tea",
        "pässwörd 👍",
        "harbor goods are good",
        "a1!b2?c3",
        "zebra-3901-4471",
        "7h3sdk2x",
    ],
)
def test_what_is_not_guessed_at_once_is_fine(password):
    check_new_password(password, "mara@example.com", "Mara Lind", "Harbor Goods")


def test_none_of_the_three_thousand_most_common_ones_is_taken():
    common = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= MIN_LENGTH][:3000]
    assert len(common) == 3000
    assert [password for password in common if is_taken(password) or is_taken(password.title())] == []


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(password):
    for typed in (password, password * 20, f"4@8({{[<{password}"):
        is_taken(typed, "mara@example.com")


@pytest.mark.parametrize("password", ["4@8({[<369&#!1|71$50+7%2" * 10, "a@" * 128, "1" * 256, "aA1!" * 64])
def test_odd_passwords_do_not_keep_the_server_busy(password):
    is_taken("to warm up")
    began = time.process_time()
    is_taken(password)
    assert time.process_time() - began < 0.5


def is_taken(password, *about):
    try:
        check_new_password(password, *about)
    except Invalid:
        return False
    return True


def test_the_lists_are_read_with_the_first_password_and_not_at_the_start():
    script = (
        "import sys, webapp.accounts.passwords as p; before = 'zxcvbn' in sys.modules; p.check_new_password('7h3sdk2x')"
    )
    said = subprocess.run(
        [sys.executable, "-c", f"{script}; print(before, 'zxcvbn' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["False", "True"]
