"""Ending mails from a mail: a GET asks, a POST does it without signing in, and nothing else can be done so."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.factories import send, start
from tests.guards.rows import all_rows, changed
from tests.notifications.conftest import SETTINGS, mailing
from tests.portals.fixtures import browser_of
from webapp.notifications import addresses


@pytest.fixture
def path(people, drain, smtp):
    """The address in the mail that Mara got."""
    start(people.olga, people.mara_row)
    drain()
    return urlsplit(smtp.received[0].mail["List-Unsubscribe"].strip("<>")).path


def test_a_mail_program_ends_the_mails_with_one_request(mail_app, people, path, drain, smtp):
    conversation = start(people.olga, people.mara_row, "Another")
    before = all_rows(mail_app)

    response = browser_of(mail_app).post(path, data={"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    after = all_rows(mail_app)
    assert changed(before, after) == ["conversation_participants"]
    pairs = zip(before["conversation_participants"], after["conversation_participants"], strict=True)
    (difference,) = [(old, new) for old, new in pairs if old != new]
    assert {name for name in difference[0] if difference[0][name] != difference[1][name]} == {"email_notifications"}
    send(people.olga, conversation)
    drain()
    assert len(smtp.received) == 2


def test_opening_it_shows_a_button_and_changes_nothing(mail_app, path):
    browser, before = browser_of(mail_app), all_rows(mail_app)
    for method in ("GET", "HEAD"):
        assert browser.open(path, method=method).status_code == 200
    assert not changed(before, all_rows(mail_app))
    assert browser.post(path, data={}).status_code == 200, "people press the button"


@pytest.mark.parametrize("change", ["1-c9", "2-c1", "1-s1", "digest-c1"])
def test_an_address_for_somebody_or_something_else_does_not_hold(mail_app, path, change):
    forged = re.sub(r"/\w+-\w+-", f"/{change}-", path)
    assert forged != path
    for method in ("GET", "POST"):
        assert browser_of(mail_app).open(forged, method=method).status_code == 404


def test_a_reply_address_ends_nothing(mail_app, people, path):
    with mailing(mail_app, inbound_domain="in.parley.test", **SETTINGS), mail_app.app_context():
        address = addresses.reply_to((people.mara.side, people.mara.id), 1)
    token = address.partition("+")[2].partition("@")[0]
    assert browser_of(mail_app).post(f"/unsubscribe/{token}").status_code == 404


def test_links_go_on_after_the_secret_key_was_rotated(mail_app, path):
    with mailing(mail_app, **SETTINGS):
        old = mail_app.extensions["parley.mail"].signer.keys[0]
        signer = type(mail_app.extensions["parley.mail"].signer)
        object.__setattr__(mail_app.extensions["parley.mail"], "signer", signer(("another key", old)))
        assert browser_of(mail_app).post(path).status_code == 200
        object.__setattr__(mail_app.extensions["parley.mail"], "signer", signer(("another key",)))
        assert browser_of(mail_app).post(path).status_code == 404
