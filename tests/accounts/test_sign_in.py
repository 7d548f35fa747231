"""Signing in: one answer for every failure, and limits that hold, end, and never lock the owner out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories import PASSWORD, deactivate, make_admin, make_customer, make_store, make_store_user, saving
from webapp.accounts import sessions
from webapp.accounts.attempts import KEPT_FOR, PER_ACCOUNT, PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, WINDOW, key_of
from webapp.accounts.errors import TooManyAttempts, WrongCredentials
from webapp.accounts.models import Side, SignInAttempt, SignInSession
from webapp.accounts.service import AccountService
from webapp.accounts.sessions import Visit
from webapp.accounts.sign_in import sign_in
from webapp.database import now, reading, session, writing

pytestmark = pytest.mark.usefixtures("db_context")
HOME = Visit("192.0.2.1", "Firefox")
ELSEWHERE = Visit("198.51.100.7", "curl")
WRONG = "wrong password"
ADA = "ada.admin@example.com"


@pytest.fixture
def ada():
    return make_admin()


def attempt(email=ADA, password=WRONG, visit=HOME, side=Side.ADMIN, store=None):
    return sign_in(side, email, password, visit, store)


def fail(times, **how):
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            attempt(**how)


def already_failed(count, email=ADA, address=None):
    """Failures as rows, since each real one hashes; from one address, or each from another."""
    with writing():
        session.add_all(
            SignInAttempt(account=key_of(Side.ADMIN, None, email), address=address or f"203.0.113.{number}", at=now())
            for number in range(count)
        )


def in_network(number):
    return Visit(f"2001:db8:0:1::{number:x}", "curl")


def test_the_addresses_of_one_ipv6_network_are_one(ada):
    for number in range(PER_ACCOUNT_AND_ADDRESS):
        fail(1, visit=in_network(number))

    with pytest.raises(TooManyAttempts):
        attempt(visit=in_network(99))
    fail(1, visit=Visit("2001:db8:0:2::1", "curl"))


def test_an_ipv4_address_that_is_written_as_ipv6_is_itself(ada):
    fail(PER_ACCOUNT_AND_ADDRESS, visit=Visit(f"::ffff:{HOME.address}", "curl"))

    with pytest.raises(TooManyAttempts):
        attempt(visit=HOME)


def test_a_session_keeps_the_whole_address(ada):
    token = attempt(password=PASSWORD, visit=in_network(7))

    with reading():
        assert session.get_one(SignInSession, sessions.hash_token(token)).address == "2001:db8:0:1::7"


def test_each_side_signs_in_at_its_own_door(ada):
    store = make_store()
    make_store_user(store, "Olga")
    make_customer(store, "Mara")
    for side, email, code in [
        (Side.ADMIN, ADA, None),
        (Side.STORE, "olga@example.com", None),
        (Side.CUSTOMER, "mara@example.com", store.code),
    ]:
        token = attempt(email, PASSWORD, side=side, store=code)
        with reading():
            assert sessions.find(side, token).viewer.email == email
        for other in set(Side) - {side}:
            with reading():
                assert sessions.find(other, token) is None
            with pytest.raises(WrongCredentials):
                attempt(email, PASSWORD, side=other, store=store.code)


def test_the_address_is_compared_without_case_and_spaces(ada):
    assert attempt("  ADA.Admin@Example.COM ", PASSWORD)


def test_a_failure_never_says_why(ada):
    store, gone = make_store(), make_admin("Gone")
    deactivate(gone)
    make_customer(store, "Mara")
    with saving():
        AccountService().create_admin("nopass@example.com", "No Password", None)
    refusals = set()
    ways = [
        {"password": "wrong password"},
        {"password": ""},
        {"email": "unknown@example.com", "password": PASSWORD},
        {"email": "gone@example.com", "password": PASSWORD},
        {"email": "nopass@example.com", "password": "!"},
        {"email": "not an address", "password": PASSWORD},
        {"email": "\ud800@example.com", "password": PASSWORD},
        {"email": "nul\x00@example.com", "password": PASSWORD},
        {"email": "", "password": PASSWORD},
        {"email": "mara@example.com", "password": PASSWORD, "side": Side.CUSTOMER, "store": "nul\x00"},
        {"email": "mara@example.com", "password": PASSWORD, "side": Side.CUSTOMER, "store": "other-store"},
        {"email": "mara@example.com", "password": PASSWORD, "side": Side.CUSTOMER},
    ]
    for number, how in enumerate(ways):
        with pytest.raises(WrongCredentials) as refused:
            attempt(visit=Visit(f"203.0.113.{number}", "x"), **how)
        refusals.add((type(refused.value), str(refused.value)))

    assert len(refusals) == 1
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_a_store_user_without_an_active_store_cannot_sign_in():
    store = make_store()
    make_store_user(store, "Olga")
    assert attempt("olga@example.com", PASSWORD, side=Side.STORE)
    deactivate(store)

    with pytest.raises(WrongCredentials):
        attempt("olga@example.com", PASSWORD, side=Side.STORE)


def test_five_failures_on_one_account_from_one_address_are_the_limit(ada):
    fail(PER_ACCOUNT_AND_ADDRESS)

    with pytest.raises(TooManyAttempts) as refused:
        attempt(password=PASSWORD)
    assert 0 < refused.value.seconds <= WINDOW.total_seconds() + 1


def test_an_unknown_account_has_the_same_limit(ada):
    fail(PER_ACCOUNT_AND_ADDRESS, email="unknown@example.com")

    with pytest.raises(TooManyAttempts):
        attempt("unknown@example.com")


def test_another_account_or_another_address_is_not_bound_by_it(ada):
    already_failed(PER_ACCOUNT_AND_ADDRESS, address=HOME.address)
    make_admin("Ben")

    assert attempt("ben@example.com", PASSWORD)
    assert attempt(password=PASSWORD, visit=ELSEWHERE)


def test_the_limit_ends(ada):
    already_failed(PER_ACCOUNT_AND_ADDRESS, address=HOME.address)
    with pytest.raises(TooManyAttempts) as refused:
        attempt(password=PASSWORD)

    with time_machine.travel(now() + timedelta(seconds=refused.value.seconds), tick=False):
        assert attempt(password=PASSWORD)


def test_a_refused_try_does_not_prolong_it(ada):
    already_failed(PER_ACCOUNT_AND_ADDRESS, address=HOME.address)
    for _ in range(10):
        with pytest.raises(TooManyAttempts):
            attempt()

    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == PER_ACCOUNT_AND_ADDRESS


def test_signing_in_does_not_count_as_a_failure(ada):
    for _ in range(PER_ACCOUNT_AND_ADDRESS + 1):
        assert attempt(password=PASSWORD)


def test_one_address_cannot_try_many_accounts(ada):
    for number in range(PER_ADDRESS):
        already_failed(1, email=f"user{number}@example.com", address=ELSEWHERE.address)

    with pytest.raises(TooManyAttempts):
        attempt(password=PASSWORD, visit=ELSEWHERE)
    assert attempt(password=PASSWORD, visit=HOME)


def test_many_addresses_cannot_try_one_account(ada):
    already_failed(PER_ACCOUNT)

    with pytest.raises(TooManyAttempts):
        attempt(password=PASSWORD, visit=ELSEWHERE)


def test_strangers_never_lock_the_owner_out_of_a_known_address(ada):
    attempt(password=PASSWORD, visit=HOME)
    already_failed(PER_ACCOUNT)

    with pytest.raises(TooManyAttempts):
        attempt(password=PASSWORD, visit=ELSEWHERE)
    assert attempt(password=PASSWORD, visit=HOME)


def test_an_address_is_known_for_ninety_days(ada):
    attempt(password=PASSWORD, visit=HOME)
    with time_machine.travel(now() + KEPT_FOR + timedelta(minutes=1), tick=False):
        attempt(password=PASSWORD, visit=ELSEWHERE)
        already_failed(PER_ACCOUNT)
        with pytest.raises(TooManyAttempts):
            attempt(password=PASSWORD, visit=HOME)


def test_the_limits_are_rows_and_so_survive_a_restart(ada):
    fail(2)
    rows = session.execute(select(SignInAttempt.address, SignInAttempt.succeeded)).all()

    assert [tuple(row) for row in rows] == [(HOME.address, False)] * 2


def test_many_guesses_at_once_cannot_all_pass(app, ada):
    def guess(_number):
        with app.app_context():
            try:
                attempt()
            except (WrongCredentials, TooManyAttempts) as error:
                return type(error)
            return None

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))

    assert answers.count(WrongCredentials) == PER_ACCOUNT_AND_ADDRESS
    assert answers.count(TooManyAttempts) == 12 - PER_ACCOUNT_AND_ADDRESS
