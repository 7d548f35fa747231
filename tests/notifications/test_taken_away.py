"""What does not outlive a message that was taken away: the mail that it came by, and its quotes in later mails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import close, reopen, send, start
from tests.guards.rows import all_rows
from tests.notifications.answers import DOMAIN, answer, is_stored, messages, original_of, post, remove
from tests.notifications.conftest import SETTINGS, mailing
from webapp.database import writing
from webapp.notifications import addresses, overview

UNWANTED = "Words that are to be removed"
TEXT = "Yes, please."
QUOTING = f"Stop that.\n\nOn 25 Nov 2026, Olga Owner wrote:\n> {UNWANTED}"


@pytest.fixture
def mail_app(app, smtp):
    with mailing(app, smtp_url=smtp.url, inbound_domain=DOMAIN, **SETTINGS):
        yield app


def test_a_removed_message_is_in_no_quote_of_a_later_mail(mail_app, people, conversation, listener, address, clock):
    before = answer(mail_app, listener, address, TEXT)
    clock.shift(timedelta(minutes=1))
    send(people.olga, conversation, UNWANTED)
    quoting = answer(mail_app, listener, address, QUOTING, 2)
    with mail_app.app_context():
        elsewhere = start(people.olga, people.luis_row, "Another", "Hello Luis")
        its_address = addresses.reply_to((people.luis.side, people.luis.id), elsewhere.id)
    other = answer(mail_app, listener, its_address, QUOTING, 3, From=people.luis.email)
    assert UNWANTED in original_of(mail_app, people.mara, conversation, 4)

    remove(mail_app, people, conversation, 3)

    page = original_of(mail_app, people.mara, conversation, 4)
    assert "Stop that." in page
    assert UNWANTED not in page
    assert [bool(row["original"]) for row in all_rows(mail_app)["inbound_mails"]] == [True, False, True]
    assert [is_stored(mail_app, path) for path in (before, quoting, other)] == [True, False, True]


def test_the_raw_mail_of_a_removed_message_goes_at_once(mail_app, people, conversation, listener, address):
    path = answer(mail_app, listener, address, TEXT)
    remove(mail_app, people, conversation, 2)

    assert not is_stored(mail_app, path)
    assert TEXT not in str(all_rows(mail_app)["inbound_mails"])


def test_a_mail_that_quotes_what_was_removed_before_it_came_is_kept_without_quotes(
    mail_app, people, conversation, listener, address
):
    send(people.olga, conversation, UNWANTED)
    remove(mail_app, people, conversation, 2)
    path = answer(mail_app, listener, address, QUOTING)

    assert messages(mail_app)[-1]["content"] == "Stop that."
    assert "Stop that." in original_of(mail_app, people.mara, conversation, 3)
    assert UNWANTED not in original_of(mail_app, people.mara, conversation, 3)
    assert not is_stored(mail_app, path)


def test_a_held_mail_that_may_quote_what_was_removed_can_still_be_posted(
    mail_app, people, conversation, listener, address
):
    send(people.olga, conversation, UNWANTED)
    close(people.olga, conversation)
    answer(mail_app, listener, address, QUOTING)
    remove(mail_app, people, conversation, 2)
    assert UNWANTED not in str(all_rows(mail_app)["inbound_mails"])

    reopen(people.olga, conversation)
    with mail_app.app_context(), writing():
        assert overview.retry_held(1)
    assert post(mail_app) == 1
    assert messages(mail_app)[-1]["content"] == "Stop that."
    assert UNWANTED not in str(all_rows(mail_app)["inbound_mails"])
