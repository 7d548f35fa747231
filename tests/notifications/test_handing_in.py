"""The webhook for mails: it asks for its secret, keeps the mail, and does nothing else in the request."""

from __future__ import annotations

import pytest

from tests.notifications.answers import DOMAIN, an_answer, inbound, messages, post
from tests.notifications.conftest import SETTINGS, mailing
from tests.portals.fixtures import browser_of

SECRET = "a-secret-that-only-the-provider-knows"


@pytest.fixture
def mail_app(app, smtp):
    with mailing(app, smtp_url=smtp.url, inbound_domain=DOMAIN, **SETTINGS):
        yield app


@pytest.fixture
def hand_in(mail_app):
    config = mail_app.extensions["parley"]
    before = config.inbound_secret, config.inbound_domain
    object.__setattr__(config, "inbound_secret", SECRET)
    object.__setattr__(config, "inbound_domain", DOMAIN)
    browser = browser_of(mail_app)
    yield lambda *args, **kwargs: browser.post("/inbound/mail", *args, **kwargs)
    object.__setattr__(config, "inbound_secret", before[0])
    object.__setattr__(config, "inbound_domain", before[1])


BEARER = {"Authorization": f"Bearer {SECRET}"}


def test_the_raw_mail_as_the_body(mail_app, hand_in, address):
    answer = hand_in(
        query_string={"recipient": address},
        data=an_answer().as_bytes(),
        content_type="message/rfc822",
        headers=BEARER,
    )
    assert answer.status_code == 202
    assert len(messages(mail_app)) == 1, "nothing is read in the request"
    assert post(mail_app) == 1


@pytest.mark.parametrize("form", ["mailgun", "sendgrid"])
def test_a_form(mail_app, hand_in, address, form):
    raw = an_answer().as_bytes().decode()
    data = {"recipient": address, "body-mime": raw}
    if form == "sendgrid":
        data = {"envelope": f'{{"to": ["{address}"], "from": "x@y"}}', "email": raw}
    assert hand_in(data=data, auth=("anybody", SECRET)).status_code == 202
    assert post(mail_app) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}]
)
def test_without_the_secret(mail_app, hand_in, address, headers):
    answer = hand_in(query_string={"recipient": address}, data=b"x", content_type="message/rfc822", headers=headers)
    assert answer.status_code == 401
    assert inbound(mail_app) == []


def test_what_is_missing_or_forged(mail_app, hand_in, address):
    assert hand_in(data={"envelope": "[", "email": "x"}, headers=BEARER).status_code == 400
    forged = address.replace("-c1-", "-c2-")
    assert hand_in(data={"recipient": forged, "body-mime": "x"}, headers=BEARER).status_code == 202
    assert inbound(mail_app) == []


def test_there_is_none_without_a_secret(mail_app):
    assert browser_of(mail_app).post("/inbound/mail").status_code == 404
