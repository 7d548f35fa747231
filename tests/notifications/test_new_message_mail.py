"""One mail for each recipient of new messages: to whom, when, what it says, and what never stands in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.backends import engine_of
from tests.factories import attach, change_settings, close, deactivate, messaging, read, saving, send, start
from tests.notifications.conftest import mailing
from webapp.database import writing
from webapp.notifications.models import Mail, OutboxEntry


def rows(app, table):
    with engine_of(app).connect() as connection:
        return connection.execute(select(table)).all()


@pytest.fixture
def conversation(people, drain, smtp):
    """Olga wrote to Mara, who has had her mail about that."""
    found = start(people.olga, people.mara_row, "Order 1042", "Hello Mara")
    drain()
    smtp.received.clear()
    return found


def test_the_outbox_is_written_with_the_message(mail_app, people):
    conversation = start(people.ada, people.harbor)
    send(people.olga, conversation)

    found = {(row.seq, row.participant_type.value, row.participant_id) for row in rows(mail_app, OutboxEntry)}
    store = {people.olga.id, people.sam.id, people.wim_at_harbor.id}
    assert found == {(1, "store", person) for person in store} | {
        (2, "store", person) for person in store - {people.olga.id}
    } | {(2, "admin", people.ada.id)}


def test_three_quick_messages_are_one_mail(people, conversation, drain, smtp):
    for text in ("One", "Two", "Three"):
        send(people.olga, conversation, text)
    drain()

    (received,) = smtp.received
    assert received.recipients == ["mara.lind@example.com"]
    assert [word for word in ("One", "Two", "Three") if word in received.text] == ["One", "Two", "Three"]
    assert drain(timedelta(hours=1)) == 0


def test_the_mail_waits_for_two_minutes_from_the_first_message_on(people, conversation, drain, smtp):
    send(people.olga, conversation, "One")
    assert drain(timedelta(seconds=119)) == 0
    send(people.olga, conversation, "Two")
    assert drain(timedelta(seconds=2)) == 1
    assert "Two" in smtp.received[0].text


def test_more_than_ten_messages_are_counted(people, conversation, drain, smtp):
    for number in range(14):
        send(people.olga, conversation, f"Number {number:02}.")
    drain()

    text = smtp.received[0].text
    assert "4 earlier messages not shown" in text
    assert "Number 03." not in text
    assert "Number 04." in text
    assert "Number 13." in text


def test_what_was_read_meanwhile_is_not_mailed(mail_app, people, conversation, drain, smtp):
    send(people.olga, conversation, "Seen")
    read(people.mara, conversation)
    drain()
    assert smtp.received == []
    assert {row.seq for row in rows(mail_app, OutboxEntry)} == {1}

    send(people.olga, conversation, "Seen too")
    read(people.mara, conversation)
    send(people.olga, conversation, "Not seen")
    drain()
    (received,) = smtp.received
    assert "Not seen" in received.text
    assert "Seen too" not in received.text


def test_the_sender_and_those_who_do_not_want_mails_get_none(people, conversation, drain, smtp):
    with saving():
        messaging.set_email_notifications(people.mara, conversation.id, False)
    send(people.olga, conversation)
    drain()
    assert smtp.received == []


def test_an_address_that_an_import_made_up_gets_no_mail(mail_app, people, drain, smtp):
    with saving():
        somebody = factories.accounts.imported_customer(people.harbor, "Somebody")
    start(people.olga, somebody)
    drain()
    assert smtp.received == []
    assert [row.state.value for row in rows(mail_app, Mail)] == ["skipped"]


@pytest.mark.parametrize("gone", ["person", "store"])
def test_somebody_who_can_do_nothing_any_more_gets_no_mail(people, conversation, drain, smtp, gone):
    send(people.olga, conversation)
    deactivate(people.mara_row if gone == "person" else people.harbor)
    drain()
    assert smtp.received == []


def test_a_channel_that_is_switched_off_is_not_mailed(people, drain, smtp):
    start(people.ada, people.mara_row)
    change_settings(storefront_admin_conversations=False)
    drain()
    assert smtp.received == []


def test_headers(people, conversation, drain, smtp):
    send(people.olga, conversation)
    drain()
    first = smtp.received[0]
    send(people.olga, conversation)
    drain()
    second = smtp.received[1]

    mail = first.mail
    assert mail["Subject"] == "New message: Order 1042"
    assert mail["To"] == "Mara Lind <mara.lind@example.com>"
    assert mail["From"] == '"Olga Owner, Harbor Goods" <messages@parley.test>'
    assert first.sender == "messages@parley.test"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Id"] == f"<conversation-{conversation.id}.parley.test>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://parley.test/unsubscribe/")
    assert mail["Message-ID"] != second.mail["Message-ID"]
    assert mail["References"] == mail["In-Reply-To"] == second.mail["References"]


def test_a_long_address_stays_one(mail_app, people, drain, smtp):
    base = f"https://{'a-rather-long-name.' * 6}parley.test"
    with mailing(mail_app, smtp_url=smtp.url, base_url=base, mail_from=f"no-reply@{base[8:]}"):
        start(people.olga, people.mara_row)
        drain()
    (header,) = [line for line in smtp.received[0].raw.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert header.startswith(f"List-Unsubscribe: <{base}/unsubscribe/".encode())
    assert smtp.received[0].mail["Message-ID"].endswith(f"@{base[8:]}>")


def test_no_address_of_anybody_else_stands_in_a_mail(people, drain, smtp):
    conversation = start(people.ada, people.harbor)
    send(people.ben, conversation, "Hello")
    send(people.olga, conversation, "Hi")
    drain()

    addresses = {factories.email_of(name) for name in ("Ada Admin", "Ben Admin", "Olga Owner", "Sam Agent", "Wim Both")}
    assert len(smtp.received) == 5
    for received in smtp.received:
        raw = received.raw.decode() + received.text + received.html
        assert {address for address in addresses if address in raw} == set(received.recipients)


def test_admins_stand_behind_the_platform(people, drain, smtp):
    start(people.ada, people.mara_row, "Your account")
    drain()

    (received,) = smtp.received
    assert received.mail["From"].startswith("Platform support <")
    assert "Ada" not in received.raw.decode() + received.text + received.html


def test_files_are_named_and_linked_and_the_way_back_asks_to_sign_in(people, conversation, drain, smtp):
    file = attach(people.olga, conversation, "invoice 7.png")
    drain()

    (received,) = smtp.received
    for body in (received.text, received.html):
        assert "invoice 7.png" in body
        assert f"attachments/{file}" in body.replace("%2F", "/")
        assert "https://parley.test/storefront/login?store=harbor-goods" in body.replace("&amp;", "&")
    assert "<img" not in received.html
    assert "<script" not in received.html
    assert 'style="' in received.html


def test_without_the_text_a_mail_says_only_that_there_is_a_message(people, conversation, drain, smtp):
    change_settings(email_show_text=False, email_closing="Parley Ltd, 1 Quay Street")
    send(people.olga, conversation, "Secret words")
    drain()

    (received,) = smtp.received
    assert "Secret words" not in received.text + received.html
    assert "There is a new message for you" in received.text
    assert "1 Quay Street" in received.html


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> & {{ 7*7 }}", "\u202eevil\u2028line", "Grüße 👍 שלום", "x" * 3000, ".\n.."]
)
def test_odd_text_arrives_as_it_is(people, conversation, drain, smtp, text):
    send(people.olga, conversation, text)
    drain()

    (received,) = smtp.received
    assert text in received.text.replace("\r\n", "\n")
    assert "<script" not in received.html


def test_odd_names_and_subjects_make_no_header(people, drain, smtp):
    name = 'Zoë "\\, <evil@x.test>; Bcc: y@x.test'
    zoe = factories.make_customer(people.harbor, name, "zoe@example.com")
    start(people.olga, zoe, "Ünïcode 👍 " + "long " * 30 + "\u2028x")
    drain()

    (received,) = smtp.received
    assert received.mail["To"].addresses[0].display_name == name
    assert [address.addr_spec for address in received.mail["To"].addresses] == ["zoe@example.com"]
    assert received.mail["Subject"].startswith("New message: Ünïcode 👍 long long")
    assert "Bcc" not in received.mail


def test_a_closed_conversation_is_mailed_still(people, conversation, drain, smtp):
    send(people.olga, conversation, "Goodbye")
    close(people.olga, conversation)
    drain()
    assert "Goodbye" in smtp.received[0].text


def send_and_fail(viewer, conversation):
    with writing():
        messaging.send_message(viewer, conversation.id, factories.Draft("Lost"))
        raise ZeroDivisionError


def test_a_message_that_is_not_committed_leaves_nothing(mail_app, people, conversation):
    before = len(rows(mail_app, OutboxEntry))
    with mail_app.app_context(), pytest.raises(ZeroDivisionError):
        send_and_fail(people.olga, conversation)
    assert len(rows(mail_app, OutboxEntry)) == before


def test_mails_keep_their_id_and_state(mail_app, people, conversation, drain):
    send(people.olga, conversation)
    drain()
    assert {row.state.value for row in rows(mail_app, Mail)} == {"sent"}
    assert all(row.sent_at and row.claim is None for row in rows(mail_app, Mail))
