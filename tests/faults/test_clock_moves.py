"""A clock that is set back or forward: messages keep order, marks and counts; no limit or confirmation opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.accounts.test_sign_in import HOME, ada, already_failed, attempt, fail
from tests.factories import PASSWORD, read, send, start
from tests.messaging.looking import badge, counted_anew, history, stored_counts, thread, unread
from tests.people import People
from tests.portals.fixtures import browser_of, sign_in
from webapp.accounts.attempts import PER_ACCOUNT_AND_ADDRESS
from webapp.accounts.errors import TooManyAttempts
from webapp.database import now
from webapp.messaging import moderation_rights

__all__ = ["ada", "sign_in"]

MOVES = (timedelta(hours=-1), timedelta(days=1), timedelta(hours=1), timedelta(days=-1))


def test_messages_keep_their_order_and_marks_by_their_numbers(db_context):
    people = People()
    conversation = start(people.olga, people.mara_row, text="0")
    for number, move in enumerate(MOVES, start=1):
        with time_machine.travel(now() + move):
            send(people.olga, conversation, str(number))
            shown = thread(people.mara, conversation)
            assert [one.content for one in shown.messages] == [str(one) for one in range(number + 1)]
    assert [seq for seq, _ in history(conversation)] == [1, 2, 3, 4, 5]

    with time_machine.travel(now() - timedelta(days=2)):
        read(people.mara, conversation, up_to=3)
        assert unread(people.mara, conversation) == 2
        send(people.olga, conversation, "5")
        assert unread(people.mara, conversation) == 3
        read(people.mara, conversation, up_to=6)
    assert badge(people.mara) == 0
    assert stored_counts() == counted_anew()


@pytest.mark.parametrize("move", MOVES)
def test_what_may_be_done_for_a_while_is_over_when_the_clock_says_so(db_context, move):
    people = People()
    conversation = start(people.olga, people.mara_row)
    with time_machine.travel(now() + move):
        until = moderation_rights.rights_of(people.olga, conversation.id, 1).delete_until
        assert (until is None) is (move > timedelta(0))
        assert until is None or until > now()


def test_a_clock_set_back_opens_no_limit_for_good(db_context, ada):
    already_failed(PER_ACCOUNT_AND_ADDRESS, address=HOME.address)
    with time_machine.travel(now() - timedelta(hours=1), tick=False):
        fail(1)
    with pytest.raises(TooManyAttempts):
        attempt(password=PASSWORD)


@pytest.mark.parametrize("move", MOVES)
def test_people_stay_signed_in_and_a_confirmation_is_asked_for_anew(sqlite_app, move):
    people = People()
    browser = browser_of(sqlite_app)
    sign_in_here(browser, people)
    with time_machine.travel(now() + move):
        assert browser.get("/store/access").status_code == 200
        made = browser.submit("/access/tokens", name="x", scopes="messages:read", days="30")
        assert made.location == "/store/access/confirm?next=/store/access"
        browser.get(made.location)
        assert browser.submit("/access/confirm", password=PASSWORD).location == "/store/access"
        browser.get("/store/access")
        assert browser.submit("/access/tokens", name="x", scopes="messages:read", days="30").status_code == 201


def sign_in_here(browser, people):
    browser.get("/store/login")
    assert browser.submit("/login", email=people.olga.email, password=PASSWORD).status_code == 303
