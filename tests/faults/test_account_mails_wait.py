"""Mails about accounts while SMTP is down: they wait, and leave when it is there."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from tests.guards.rows import all_rows
from tests.notifications.conftest import SETTINGS, mailing
from tests.portals.fixtures import people
from tests.portals.test_by_mail import app, ask, deliver, smtp
from webapp.database import now

__all__ = ["app", "people", "smtp"]


def test_a_server_that_is_away_gets_the_mail_later(app, smtp, people):
    with mailing(app, smtp_url="smtp://127.0.0.1:1", **SETTINGS):
        ask(app, "admin", people.ada.email)
        assert deliver(app) == 0
    assert len(all_rows(app)["account_letters"]) == 1
    assert deliver(app) == 0, "not before its time"
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert deliver(app) == 1
