"""What does not outlive an erased person: the mails that came in, and what was left of those that went out."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.factories import close, start
from tests.guards.rows import all_rows
from tests.notifications.answers import (
    DOMAIN,
    MARA,
    an_answer,
    answer,
    deliver_to,
    is_stored,
    messages,
    original_of,
    post,
    remove,
    visit,
)
from tests.notifications.conftest import SETTINGS, mailing
from webapp.accounts import links
from webapp.accounts.models import MemberRole, Side
from webapp.attachments import storage
from webapp.attachments.errors import StorageUnavailable
from webapp.database import session, writing
from webapp.messaging import person_data, retention
from webapp.messaging.errors import Invalid
from webapp.notifications import account_letters, preferences, tidying
from webapp.notifications.emails import EmailService
from webapp.notifications.inbound import posting
from webapp.notifications.inbound.forgetting import forget_person
from webapp.notifications.models import Frequency, Mail, MailState
from webapp.notifications.preferences import Wishes
from webapp.notifications.transports import Refused

SIGNATURE = "Mara Lind, 12 Secret Street"
SIGNED = f"Yes, please.\n\n-- \n{SIGNATURE}"
UNWANTED = "Words that are to be removed"
QUOTING = f"Stop that.\n\nOn 25 Nov 2026, Olga Owner wrote:\n> {UNWANTED}"


@pytest.fixture
def mail_app(app, smtp):
    with mailing(app, smtp_url=smtp.url, inbound_domain=DOMAIN, **SETTINGS):
        yield app


def erase(app, people):
    ada = visit(app, people.ada)
    ada.get("/admin/people", query_string={"email": MARA})
    return ada.submit("/erase", typed=MARA)


def test_nothing_that_an_erased_person_sent_in_is_left_but_their_messages(
    mail_app, people, conversation, listener, address
):
    posted = answer(mail_app, listener, address, SIGNED)
    held = answer(mail_app, listener, address, f"Hi {SIGNATURE}", 2, From="mara.private@example.org")
    deliver_to(listener, address, an_answer(SIGNATURE, Message_ID="<3@example.com>"))
    waiting = all_rows(mail_app)["inbound_mails"][-1]["raw_path"]
    assert SIGNATURE in original_of(mail_app, people.olga, conversation, 2)

    assert erase(mail_app, people).status_code == 303

    assert not [path for path in (posted, held, waiting) if is_stored(mail_app, path)]
    found = all_rows(mail_app)["inbound_mails"]
    assert [(row["sender"], row["original"], row["raw_path"]) for row in found] == [("", "", None)] * 3
    assert [row["state"].value for row in found] == ["posted", "dropped", "dropped"]
    page = original_of(mail_app, people.olga, conversation, 2)
    assert "Yes, please." in page
    assert SIGNATURE not in page
    assert post(mail_app) == 0


def test_nothing_of_an_erased_person_is_left_beside_their_messages(mail_app, people, conversation, drain):
    with mail_app.app_context(), writing():
        preferences.choose((Side.CUSTOMER, people.mara.id), Wishes(Frequency.AT_ONCE))
        preferences.choose((Side.CUSTOMER, people.luis.id), Wishes(Frequency.AT_ONCE))
        links.ask_for_reset(Side.CUSTOMER, MARA, people.harbor.code)
        links.ask_for_reset(Side.CUSTOMER, people.luis.email, people.harbor.code)
        links.invite(people.olga, MARA, MemberRole.AGENT)
        links.invite(people.olga, "new@example.com", MemberRole.AGENT)
    start(people.olga, people.luis_row, "Another", "Hello Luis")
    drain()
    with mail_app.app_context(), writing():
        session.execute(update(Mail).values(state=MailState.DEAD, error="550 5.1.1 <an.address@example.com>: no such"))

    assert erase(mail_app, people).status_code == 303

    rows = all_rows(mail_app)
    errors = {(row["participant_id"], row["state"].value, bool(row["error"])) for row in rows["mails"]}
    assert errors == {(people.mara.id, "dropped", False), (people.luis.id, "dead", True)}
    assert [row["participant_id"] for row in rows["email_preferences"]] == [people.luis.id]
    assert {(row["customer_id"], row["email"]) for row in rows["account_links"]} == {
        (people.luis.id, None),
        (None, "new@example.com"),
    }
    assert MARA not in str(rows)


def test_a_user_is_forgotten_on_both_sides_and_others_with_the_same_number_are_not(mail_app, people):
    with mail_app.app_context():
        with writing():
            for side in Side:
                preferences.choose((side, people.olga.id), Wishes(Frequency.DAILY))
        with writing():
            forget_person((Side.ADMIN, Side.STORE), people.olga.id)

    assert [row["participant_type"].value for row in all_rows(mail_app)["email_preferences"]] == ["customer"]


def test_what_a_legal_hold_keeps_is_not_forgotten(mail_app, people, conversation, listener, address, clock):
    posted = answer(mail_app, listener, address, SIGNED)
    close(people.olga, conversation)
    answer(mail_app, listener, address, SIGNED, 2)
    with mail_app.app_context(), writing():
        retention.place(people.ada, str(conversation.id), "Case 17/26")

    assert "a legal hold keeps" in erase(mail_app, people).text
    with pytest.raises(Invalid):
        remove(mail_app, people, conversation, 1)
    assert is_stored(mail_app, posted)
    clock.shift(timedelta(days=31))
    with mail_app.app_context():
        tidying.tidy()
    assert [SIGNATURE in row["original"] for row in all_rows(mail_app)["inbound_mails"]] == [True, True]

    with mail_app.app_context():
        with writing():
            retention.lift(people.ada, retention.holds()[0].id)
        tidying.tidy()
    assert [SIGNATURE in row["original"] for row in all_rows(mail_app)["inbound_mails"]] == [True, False]


def test_an_erasure_that_is_undone_leaves_the_raw_mails(mail_app, people, conversation, listener, address):
    path = answer(mail_app, listener, address, SIGNED)
    with mail_app.app_context():
        with suppress(ZeroDivisionError), writing():
            forget_person((Side.CUSTOMER,), people.mara.id)
            raise ZeroDivisionError
        with writing():
            session.execute(update(Mail).values(error=""))

    assert is_stored(mail_app, path)
    assert all_rows(mail_app)["inbound_mails"][0]["raw_path"] == path


def test_a_storage_that_does_not_answer_undoes_no_erasure(
    mail_app, people, conversation, listener, address, monkeypatch
):
    answer(mail_app, listener, address, SIGNED)
    with mail_app.app_context():
        kept = storage.current()
    monkeypatch.setattr(type(kept), "delete", lambda *_: (_ for _ in ()).throw(StorageUnavailable))

    assert erase(mail_app, people).status_code == 303
    assert SIGNATURE not in str(all_rows(mail_app)["inbound_mails"])


def test_a_worker_that_reads_a_mail_meanwhile_keeps_nothing_of_it(
    mail_app, people, conversation, listener, address, monkeypatch
):
    settle = posting._settle

    def erased_before(*arguments, **values):
        with writing():
            person_data.erase(people.ada, "customer", people.mara.id, MARA)
            forget_person((Side.CUSTOMER,), people.mara.id)
        settle(*arguments, **values)

    monkeypatch.setattr(posting, "_settle", erased_before)
    answer(mail_app, listener, address, SIGNED)

    assert messages(mail_app)[-1]["content"] == "Yes, please."
    assert [(row["sender"], row["original"]) for row in all_rows(mail_app)["inbound_mails"]] == [("", "")]


def test_texts_that_were_not_posted_and_dead_letters_end_after_thirty_days(
    mail_app, people, conversation, listener, address, drain, clock
):
    close(people.olga, conversation)
    drain()
    answer(mail_app, listener, address, SIGNED)
    with mail_app.app_context(), writing():
        session.execute(update(Mail).values(state=MailState.DEAD, error="550 no such"))
    for days, is_there in ((29, True), (2, False)):
        clock.shift(timedelta(days=days))
        with mail_app.app_context():
            tidying.tidy()
        (row,) = all_rows(mail_app)["inbound_mails"]
        assert (row["sender"] == MARA, SIGNATURE in row["original"]) == (is_there, is_there)
        assert bool(all_rows(mail_app)["mails"]) is is_there


def test_the_log_does_not_repeat_the_address_that_a_server_names(mail_app, people, caplog, monkeypatch):
    def refuse(*_):
        raise Refused(f"550 5.1.1 <{MARA}>: no such mailbox")

    monkeypatch.setattr(EmailService, "send", refuse)
    with mail_app.app_context():
        with writing():
            account_letters.notice(people.mara_row, "Something changed.")
        account_letters.deliver(lambda: False)

    assert "550 5.1.1 <[address]>: no such mailbox" in caplog.text
    assert MARA not in caplog.text
