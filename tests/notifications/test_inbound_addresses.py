"""What comes in from machines, for addresses without a proof, and for other domains becomes no message."""

from __future__ import annotations

import smtplib

import pytest

from tests.notifications.answers import DOMAIN, MARA, an_answer, deliver_to, inbound, post
from tests.notifications.conftest import SETTINGS, mailing


@pytest.fixture
def mail_app(sqlite_app, smtp):
    with mailing(sqlite_app, smtp_url=smtp.url, inbound_domain=DOMAIN, **SETTINGS):
        yield sqlite_app


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"From": "MAILER-DAEMON@example.com"},
        {"List_Id": "<list.example.com>"},
        {"Return_Path": "<>"},
    ],
)
def test_what_a_machine_sent_is_dropped(mail_app, listener, address, headers):
    deliver_to(listener, address, an_answer(**headers))
    assert post(mail_app) == 0
    assert [state for state, _ in inbound(mail_app)] == ["dropped"]


def test_our_own_mails_that_come_back_are_dropped(mail_app, people, conversation, drain, smtp, listener, address):
    drain()
    (received,) = smtp.to(MARA)
    deliver_to(listener, address, received.mail)
    post(mail_app)
    assert [state for state, _ in inbound(mail_app)] == ["dropped"]


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("reply+1-", "reply+2-"),
        lambda address: address.replace("-c1-", "-s3-"),
        lambda address: address.replace("@", "a@"),
        lambda _: "reply+@" + DOMAIN,
        lambda _: "postmaster@" + DOMAIN,
    ],
)
def test_an_address_that_no_proof_holds_for_is_taken_and_dropped(mail_app, listener, address, change):
    deliver_to(listener, change(address), an_answer())
    assert inbound(mail_app) == []


def test_other_domains_are_not_taken(mail_app, listener):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        deliver_to(listener, "somebody@elsewhere.test", an_answer())


def test_capital_letters_on_the_way_change_nothing(mail_app, listener, address):
    deliver_to(listener, address.upper(), an_answer(sender="MARA.LIND@EXAMPLE.COM"))
    assert post(mail_app) == 1
