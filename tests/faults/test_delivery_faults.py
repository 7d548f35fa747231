"""What an SMTP server can do to mails: each is tried again or given up by itself, and none is sent twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.backends import engine_of
from tests.factories import make_customer, send, start
from tests.messaging.looking import history
from tests.notifications.conftest import SETTINGS, clock, drain, mail_app, mailing, people, smtp
from tests.notifications.smtp import HANG_UP, smtp_server
from webapp.database import now
from webapp.notifications import delivery, planning, queue
from webapp.notifications.models import Mail, MailState

__all__ = ["clock", "drain", "mail_app", "people", "smtp"]

MARA, LUIS, NINA = "mara.lind@example.com", "luis.gomez@example.com", "nina.tran@example.com"


def mails(app):
    with engine_of(app).connect() as connection:
        return connection.execute(select(Mail).order_by(Mail.id)).all()


def history_in(app, conversation):
    with app.app_context():
        return history(conversation)


def states(app):
    return [row.state.value for row in mails(app)]


def test_a_server_that_says_later_is_asked_again_after_the_waits(mail_app, people, drain, smtp, clock):
    start(people.olga, people.mara_row)
    smtp.at_rcpt[MARA].extend(["451 Greylisted"] * 2)
    assert drain() == 0
    assert states(mail_app) == ["pending"]
    assert mails(mail_app)[0].error == "451 Greylisted"
    assert drain(timedelta(seconds=59)) == 0
    assert len(smtp.at_rcpt[MARA]) == 1
    assert drain(timedelta(seconds=14)) == 0
    assert drain(timedelta(seconds=299)) == 0
    assert drain(timedelta(seconds=62)) == 1
    assert states(mail_app) == ["sent"]


def test_waits_are_those_of_the_settings_with_jitter_and_then_it_is_a_dead_letter(mail_app, people, drain, smtp, clock):
    start(people.olga, people.mara_row)
    smtp.at_rcpt[MARA].extend(["450 Not now"] * 6)
    drain()
    for wait in (60, 300, 900, 3600, 14400):
        (mail,) = mails(mail_app)
        assert wait <= (mail.due_at - now()).total_seconds() <= wait * 1.2
        drain(timedelta(seconds=wait * 1.2 + 1))
    assert states(mail_app) == ["dead"]
    assert mails(mail_app)[0].tries == 6
    assert drain(timedelta(days=1)) == 0


def test_only_the_recipient_who_is_refused_gets_none(mail_app, people, drain, smtp):
    start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    start(people.tom, people.nina_row)
    smtp.at_rcpt[LUIS].append("550 No such person")
    assert drain() == 2
    assert [len(smtp.to(address)) for address in (MARA, LUIS, NINA)] == [1, 0, 1]
    assert sorted(states(mail_app)) == ["dead", "sent", "sent"]
    assert [row.error for row in mails(mail_app) if row.state is MailState.DEAD] == ["550 No such person"]


def test_a_mail_that_is_refused_for_what_it_says_does_not_hold_up_the_next(mail_app, people, drain, smtp):
    start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    smtp.at_data.append("554 Looks like spam")
    assert drain() == 1
    assert states(mail_app) == ["dead", "sent"]


def test_a_server_that_is_down_loses_nothing(mail_app, people, drain, clock):
    start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    with smtp_server() as gone:
        url = gone.url
    with mailing(mail_app, smtp_url=url, **SETTINGS):
        assert drain() == 0
        assert states(mail_app) == ["pending", "pending"]
        assert all("refused" in row.error for row in mails(mail_app))
        assert [row.tries for row in mails(mail_app)] == [1, 1]
    assert drain(timedelta(seconds=80)) == 2


def test_a_connection_cut_after_the_data_makes_at_most_one_duplicate_with_the_same_id(people, drain, smtp):
    start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    smtp.at_data.append(HANG_UP)
    drain()
    drain(timedelta(seconds=80))
    assert len(smtp.to(LUIS)) == 1
    first, second = smtp.to(MARA)
    assert first.mail["Message-ID"] == second.mail["Message-ID"]
    assert drain(timedelta(days=1)) == 0


def test_a_worker_that_dies_with_a_claim_is_followed_by_another_after_the_lease(mail_app, people, drain, smtp, clock):
    start(people.olga, people.mara_row)
    clock.shift(180)
    with mail_app.app_context():
        planning.plan()
        (held,) = queue.claim(10)
    assert drain(timedelta(seconds=119)) == 0
    assert drain(timedelta(seconds=2)) == 1
    with mail_app.app_context():
        assert not queue.sent(held), "the claim was lost"
    assert len(smtp.received) == 1


def test_a_mail_is_not_begun_when_its_claim_was_lost(mail_app, people, smtp, clock):
    start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    clock.shift(180)
    with mail_app.app_context():
        planning.plan()
        batch = queue.claim(10)
        clock.shift(121)
        assert len(queue.claim(10)) == 2, "somebody else has them now"
        assert delivery._send_batch(batch, delivery.never) == 0
    assert smtp.received == []


def test_who_is_told_to_stop_gives_back_what_was_not_begun(mail_app, people, clock):
    start(people.olga, people.mara_row)
    clock.shift(180)
    with mail_app.app_context():
        planning.plan()
        assert delivery._send_batch(queue.claim(10), lambda: True) == 0
    assert [(row.state.value, row.tries, row.claim) for row in mails(mail_app)] == [("pending", 0, None)]


def test_eight_workers_send_each_mail_once(mail_app, people, smtp, clock):
    for number in range(24):
        start(people.olga, make_customer(people.harbor, f"Customer {number}"))
    clock.shift(180)
    counts = []

    def work():
        with mail_app.app_context():
            counts.append(delivery.deliver())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()

    assert sum(counts) == 24
    assert len({received.mail["Message-ID"] for received in smtp.received}) == len(smtp.received) == 24


def test_a_mail_that_cannot_be_written_is_given_up_after_three_tries_and_the_rest_flows(
    mail_app, people, drain, smtp, monkeypatch, caplog
):
    poisoned = start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    whole = delivery.compose

    def breaking(mail):
        letter = whole(mail)
        if mail.conversation_id == poisoned.id:
            raise ZeroDivisionError("template")
        return letter

    monkeypatch.setattr(delivery, "compose", breaking)
    assert drain() == 1
    for _ in range(3):
        drain(timedelta(hours=1))
    assert states(mail_app) == ["dead", "sent"]
    assert (mails(mail_app)[0].tries, mails(mail_app)[0].error) == (3, "ZeroDivisionError: template")
    assert "cannot be written" in caplog.text
    assert [content for _, content in history_in(mail_app, poisoned)] == ["Hello"], "the thread still opens"


def test_a_mail_that_ends_its_worker_each_time_is_given_up_and_the_rest_flows(
    mail_app, people, drain, smtp, clock, monkeypatch
):
    poisoned = start(people.olga, people.mara_row)
    start(people.olga, people.luis_row)
    whole = delivery.compose

    def ending(mail):
        if mail.conversation_id == poisoned.id:
            raise KeyboardInterrupt
        return whole(mail)

    monkeypatch.setattr(delivery, "compose", ending)
    for _ in range(6):
        with pytest.raises(KeyboardInterrupt):
            drain()
    assert drain() == 1
    assert states(mail_app) == ["dead", "sent"]


def test_a_clock_that_goes_back_sends_nothing_twice(people, drain, smtp):
    conversation = start(people.olga, people.mara_row)
    drain()
    drain(timedelta(hours=-2))
    send(people.olga, conversation)
    drain()
    assert len(smtp.received) == 2


def test_without_a_server_mails_are_files(mail_app, people, drain, tmp_path):
    with mailing(mail_app, mail_folder=str(tmp_path / "mails"), **SETTINGS):
        start(people.olga, people.mara_row)
        assert drain() == 1
    (file,) = (tmp_path / "mails").iterdir()
    assert file.suffix == ".eml"
    assert b"Subject: New message: Order 1042" in file.read_bytes()
