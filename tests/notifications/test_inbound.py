"""Answers by e-mail: what a person writes stands in the thread as theirs; all else is held, dropped or taken once."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest

from tests.attachments.samples import PDF
from tests.factories import a_photo, close, deactivate, reopen, send, start
from tests.guards.rows import all_rows
from tests.notifications.answers import DOMAIN, MARA, an_answer, deliver_to, inbound, messages, post, unread_in
from tests.notifications.conftest import SETTINGS, mailing
from tests.notifications.replies import REPLIES
from tests.portals.fixtures import browser_of, inbox_of, start_session
from webapp.database import writing
from webapp.notifications import overview, tidying
from webapp.notifications.inbound import posting, process
from webapp.notifications.inbound.listener import Handler, Listener


@pytest.fixture
def mail_app(sqlite_app, smtp):
    with mailing(sqlite_app, smtp_url=smtp.url, inbound_domain=DOMAIN, **SETTINGS):
        yield sqlite_app


def test_three_messages_one_mail_and_the_answer_stands_in_the_thread_with_its_photo(
    mail_app, people, conversation, drain, smtp, listener
):
    send(people.olga, conversation, "Which colour?")
    send(people.olga, conversation, "A photo would help.")
    drain()
    (received,) = smtp.to(MARA)
    assert "Or answer this e-mail" in received.text
    quote = "".join(f"> {line}" for line in received.text.splitlines(keepends=True))
    mail = an_answer(f"The blue one.\n\nOn 25 Nov 2026, Olga Owner wrote:\n{quote}")
    mail.add_attachment(a_photo(300, 200), maintype="image", subtype="png", filename="table.png")

    (reply_to,) = received.mail["Reply-To"].addresses
    deliver_to(listener, reply_to.addr_spec, mail)
    assert post(mail_app) == 1

    answer = messages(mail_app)[-1]
    assert (answer["content"], answer["sender_type"].value, answer["sender_id"], answer["by_email"]) == (
        "The blue one.", "customer", people.mara.id, True,
    )  # fmt: skip
    assert [row["filename"] for row in all_rows(mail_app)["message_attachments"]] == ["table.png"]
    browser = browser_of(mail_app)
    browser.set_cookie("parley_store", start_session(people.olga))
    page = browser.get(f"{inbox_of(people.olga)}/{conversation.id}").text
    assert "The blue one." in page
    original = f"{inbox_of(people.olga)}/{conversation.id}/messages/{answer['seq']}/original"
    assert original in page
    assert "A photo would help." in browser.get(original).text
    browser.set_cookie("parley_store", start_session(people.tom))
    assert browser.get(original).status_code == 404


@pytest.mark.parametrize(("answers", "left"), [("its mail", 1), ("nothing", 3), ("the mail of another talk", 3)])
def test_an_answer_marks_read_what_the_answered_mail_showed(
    mail_app, people, conversation, drain, smtp, listener, answers, left
):
    start(people.olga, people.mara_row, "Another", "Hello there")
    send(people.olga, conversation, "Which colour?")
    drain()
    mails = {"Order 1042" in one.mail["Subject"]: one.mail for one in smtp.to(MARA)}
    send(people.olga, conversation, "And which size?")
    mail = an_answer("The blue one.")
    if answers != "nothing":
        mail["In-Reply-To"] = mails[answers == "its mail"]["Message-ID"]

    (reply_to,) = mails[True]["Reply-To"].addresses
    deliver_to(listener, reply_to.addr_spec, mail)
    assert post(mail_app) == 1

    assert unread_in(mail_app, people.mara, conversation) == left


@pytest.mark.parametrize("program", ["gmail, German", "outlook, English", "iphone, French"])
def test_quotes_are_folded_and_kept(mail_app, people, conversation, listener, address, program):
    text, new = REPLIES[program]
    deliver_to(listener, address, an_answer(text))
    post(mail_app)
    assert messages(mail_app)[-1]["content"] == new
    assert all_rows(mail_app)["inbound_mails"][0]["original"] == text.strip()


def test_html_without_text_is_read(mail_app, listener, address):
    mail = an_answer()
    mail.set_content(
        "<style>p{}</style><p>Blue &amp; <b>big</b></p><p>Thanks</p><div>On Wed, Olga &lt;a@b.test&gt; wrote:</div>"
        "<blockquote><p>Which?</p></blockquote>",
        subtype="html",
    )
    deliver_to(listener, address, mail)
    post(mail_app)
    assert messages(mail_app)[-1]["content"] == "Blue & big\n\nThanks"


def test_the_same_mail_counts_once(mail_app, listener, address):
    for _ in range(3):
        deliver_to(listener, address, an_answer())
    assert post(mail_app) == 1
    assert len(messages(mail_app)) == 2


def test_a_worker_that_dies_after_the_message_makes_no_second(mail_app, listener, address, monkeypatch, clock):
    deliver_to(listener, address, an_answer())
    settle = posting._settle
    monkeypatch.setattr(posting, "_settle", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        post(mail_app)
    monkeypatch.setattr(posting, "_settle", settle)
    assert post(mail_app) == 0, "the claim is held"
    clock.shift(timedelta(minutes=3))
    assert post(mail_app) == 1
    assert len(messages(mail_app)) == 2


@pytest.mark.parametrize(
    "sender",
    ["Eve <eve@example.com>", "Olga Owner <olga.owner@example.com>", "mara.lind@example.com, eve@example.com", "x"],
)
def test_a_stranger_is_held_and_told_nothing(mail_app, listener, address, sender, smtp):
    deliver_to(listener, address, an_answer(sender=sender))
    assert post(mail_app) == 0
    ((state, reason),) = inbound(mail_app)
    assert state == "held"
    assert "sender" in reason
    assert len(messages(mail_app)) == 1
    assert smtp.received == []


def test_what_cannot_be_posted_now_is_held_and_can_be_posted_later(mail_app, people, conversation, listener, address):
    close(people.olga, conversation)
    deliver_to(listener, address, an_answer())
    post(mail_app)
    assert inbound(mail_app) == [("held", "This conversation was closed. Your message was not sent.")]
    reopen(people.olga, conversation)
    with mail_app.app_context(), writing():
        assert overview.retry_held(1)
    assert post(mail_app) == 1
    assert messages(mail_app)[-1]["content"] == "Yes, please."


def test_somebody_who_can_do_nothing_any_more_is_held(mail_app, people, listener, address):
    deliver_to(listener, address, an_answer())
    deactivate(people.mara_row)
    post(mail_app)
    assert inbound(mail_app) == [("held", "The account is no longer active")]


def test_files_that_are_not_accepted_are_named(mail_app, listener, address):
    mail = an_answer("See attached.")
    mail.add_attachment(b"MZ not allowed", maintype="application", subtype="octet-stream", filename="setup.exe")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="invoice.pdf")
    deliver_to(listener, address, mail)
    post(mail_app)
    content = messages(mail_app)[-1]["content"]
    assert content.startswith("See attached.\n\n[Not attached: setup.exe: ")
    assert [row["filename"] for row in all_rows(mail_app)["message_attachments"]] == ["invoice.pdf"]


def test_a_very_long_text_is_cut_in_the_thread_and_whole_in_the_original(mail_app, listener, address):
    text = "\n".join(["word " * 12] * 400)
    deliver_to(listener, address, an_answer(text))
    post(mail_app)
    assert messages(mail_app)[-1]["content"].endswith("[…]")
    assert len(messages(mail_app)[-1]["content"]) <= 10_000
    assert all_rows(mail_app)["inbound_mails"][0]["original"].count("word") == 4800


@pytest.mark.parametrize(
    "raw",
    [
        b"From: mara.lind@example.com\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 5000,
        b"From: mara.lind@example.com\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe Hi",
        b"From: mara.lind@example.com\r\nSubject: =?utf-8?b?////?=\r\n\r\n\x00\x07 Hi \xed\xa0\x80",
        b"\r\n\r\n",
        b"From: a@b\r\nFrom: mara.lind@example.com\r\n\r\nTwo senders",
    ],
)
def test_hostile_mails_break_nothing(mail_app, listener, address, raw):
    with smtplib.SMTP("127.0.0.1", listener.port) as client:
        client.sendmail(MARA, [address], raw)
    deliver_to(listener, address, an_answer())
    post(mail_app)
    assert messages(mail_app)[-1]["content"] == "Yes, please."


def test_a_mail_that_takes_too_long_is_held(mail_app, listener, address, monkeypatch):
    monkeypatch.setattr(process, "SECONDS", 0.01)
    deliver_to(listener, address, an_answer())
    post(mail_app)
    assert inbound(mail_app) == [("held", "it took too long to read")]


def test_raw_mails_are_kept_for_thirty_days_and_what_was_posted_for_good(mail_app, listener, address, clock):
    deliver_to(listener, address, an_answer())
    post(mail_app)
    clock.shift(timedelta(days=29))
    with mail_app.app_context():
        tidying.tidy()
    assert all_rows(mail_app)["inbound_mails"][0]["raw_path"]
    clock.shift(timedelta(days=2))
    with mail_app.app_context():
        tidying.tidy()
    (row,) = all_rows(mail_app)["inbound_mails"]
    assert (row["raw_path"], row["original"]) == (None, "Yes, please.")


def test_one_participant_cannot_send_without_end(mail_app, listener, address, monkeypatch):
    monkeypatch.setattr("webapp.notifications.inbound.receiving.MOST_PER_HOUR", 2)
    for number in range(2):
        deliver_to(listener, address, an_answer(Message_ID=f"<{number}@x>"))
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        deliver_to(listener, address, an_answer(Message_ID="<3@x>"))


def test_lmtp_is_spoken_too(mail_app, address):
    def within(call):
        with mail_app.app_context():
            return call()

    running = Listener(Handler(within), "127.0.0.1", 0, lmtp=True)
    running.start()
    try:
        with smtplib.LMTP("127.0.0.1", running.port) as client:
            client.sendmail(MARA, [address], an_answer().as_bytes())
    finally:
        running.stop()
    assert post(mail_app) == 1
