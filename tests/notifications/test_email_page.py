"""The admins' page of mails: figures, what failed with what to do about it, hostile text as text, and a test mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.backends import engine_of
from tests.factories import start
from tests.guards.rows import all_rows
from tests.notifications.conftest import SETTINGS, mailing
from tests.notifications.smtp import smtp_server
from tests.portals.fixtures import browser_of, start_session
from webapp.database import WRITING
from webapp.notifications.models import Mail

HOSTILE = "550 <script>alert(1)</script> \x1b[31m\u202e{{ 7*7 }}"


@pytest.fixture
def mail_app(sqlite_app, smtp):
    with mailing(sqlite_app, smtp_url=smtp.url, **SETTINGS):
        yield sqlite_app


@pytest.fixture
def ada(mail_app, people):
    browser = browser_of(mail_app)
    browser.set_cookie("parley_admin", start_session(people.ada))
    browser.get("/admin/email")
    return browser


@pytest.fixture
def dead(mail_app, people, drain, smtp):
    """A mail that was refused for good."""
    start(people.olga, people.mara_row, "Secret subject")
    smtp.at_rcpt["mara.lind@example.com"].append("550 No such person")
    drain()


def state(app):
    return [row["state"].value for row in all_rows(app)["mails"]]


def test_it_shows_what_failed_but_not_what_it_was_about(mail_app, dead, ada):
    page = ada.get("/admin/email").text
    assert "mara.lind@example.com" in page
    assert "550 No such person" in page
    assert "Secret subject" not in page


def test_hostile_text_is_shown_as_text(mail_app, dead, ada):
    with engine_of(mail_app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        connection.execute(update(Mail).values(error=HOSTILE))
    page = ada.get("/admin/email").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_a_dead_letter_is_tried_again(mail_app, dead, ada, drain, smtp):
    ada.get("/admin/email")
    assert ada.submit("/email/mails/1/retry").status_code == 303
    assert drain() == 1
    assert state(mail_app) == ["sent"]
    assert "No e-mail has failed" in ada.get("/admin/email").text


def test_a_dead_letter_is_dropped(mail_app, dead, ada, drain):
    ada.get("/admin/email")
    assert ada.submit("/email/mails/1/drop").status_code == 303
    assert state(mail_app) == ["dropped"]
    noted = [row for row in all_rows(mail_app)["audit_log"] if row["action"] == "mail_dropped"]
    assert [(row["actor_side"], row["object_type"], row["object_id"]) for row in noted] == [("admin", "mail", "1")]
    assert drain() == 0


def test_what_is_not_there_or_sent_cannot_be_changed(mail_app, people, ada, drain):
    start(people.olga, people.mara_row)
    drain()
    token = ada.csrf_token()
    for path in (
        "mails/1/retry",
        "mails/1/drop",
        "mails/99/retry",
        "held/1/retry",
        "held/99/drop",
        f"mails/{2**70}/drop",
    ):
        assert ada.post(f"/admin/email/{path}", data={"csrf_token": token}).status_code == 404
    assert state(mail_app) == ["sent"]


def test_a_queue_that_nobody_drains_is_noticed(mail_app, dead, ada, clock):
    ada.get("/admin/email")
    ada.submit("/email/mails/1/retry")
    assert "Nobody seems to be sending" not in ada.get("/admin/email").text
    clock.shift(600)
    assert "Nobody seems to be sending" in ada.get("/admin/email").text


def test_a_test_mail_goes_to_the_admin(ada, smtp):
    assert ada.submit("/email/test").status_code == 303
    (received,) = smtp.received
    assert received.recipients == ["ada.admin@example.com"]
    assert "It works" in received.text


def test_a_server_that_refuses_is_quoted(ada, smtp):
    smtp.at_rcpt["ada.admin@example.com"].append("550 5.7.1 <b>Relaying denied</b>")
    answer = ada.submit("/email/test")
    assert answer.status_code == 422
    assert "550 5.7.1 &lt;b&gt;Relaying denied&lt;/b&gt;" in answer.text


def test_a_server_that_is_away_is_named(mail_app, ada):
    with smtp_server() as gone:
        url = gone.url
    with mailing(mail_app, smtp_url=url, **SETTINGS):
        answer = ada.submit("/email/test")
    assert answer.status_code == 422
    assert "refused" in answer.text


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("email_sender", "nobody", "Enter an address such as"),
        ("email_coalesce_seconds", "soon", "Enter seconds from 0 to 86400"),
        ("email_coalesce_seconds", "99999", "Enter seconds from 0 to 86400"),
        ("email_digest_hour", "24", "Enter a whole number from 0 to 23"),
    ],
)
def test_settings_that_cannot_be_are_refused(ada, key, value, words):
    ada.get("/admin/settings")
    answer = ada.submit("/settings", **{key: value})
    assert answer.status_code == 422
    assert words in answer.text


def test_the_sender_and_the_wait_of_the_settings_hold(mail_app, people, ada, drain, smtp, clock):
    ada.get("/admin/settings")
    ada.submit("/settings", email_sender="Shop <shop@parley.test>", email_coalesce_seconds="0")
    start(people.olga, people.mara_row)
    clock.shift(1)
    assert drain(timedelta(seconds=1)) == 1
    assert smtp.received[0].sender == "shop@parley.test"
