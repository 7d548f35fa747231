"""What the tests of e-mail share: an app whose mails go to a real server, people, and a hand that moves the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from tests.backends import config_of
from tests.factories import start
from tests.notifications.smtp import SmtpServer, smtp_server
from tests.people import People
from webapp import make_office
from webapp.notifications import addresses, delivery
from webapp.notifications.inbound.listener import Handler, Listener

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LATER = timedelta(minutes=3)
"""Longer than a mail waits for more messages."""


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """It is noon, until the test moves on."""
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@contextmanager
def mailing(app: Flask, **settings: object) -> Iterator[Flask]:
    """Let the app's mails go where these settings say."""
    before = app.extensions["parley.mail"]
    config = config_of("sqlite:///unused.db", **{"base_url": "https://parley.test", **settings})
    app.extensions["parley.mail"] = make_office(app, config)
    yield app
    app.extensions["parley.mail"] = before


SETTINGS = {"mail_from": "Parley <messages@parley.test>", "mail_retry_seconds": "60,300,900,3600,14400"}


@pytest.fixture
def mail_app(app: Flask, smtp: SmtpServer) -> Iterator[Flask]:
    """The app on each database, its mails going to the server of the test."""
    with mailing(app, smtp_url=smtp.url, **SETTINGS):
        yield app


@pytest.fixture
def people(mail_app: Flask, clock: object) -> People:
    return People()


@pytest.fixture
def drain(mail_app: Flask, clock: time_machine.Coordinates) -> Callable[..., int]:
    """Move the clock, and send what is due."""

    def drained(wait: timedelta = LATER) -> int:
        clock.shift(wait)
        with mail_app.app_context():
            return delivery.deliver()

    return drained


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row, "Order 1042", "Hello Mara")


@pytest.fixture
def address(mail_app, people, conversation):
    """Where Mara's answers go."""
    with mail_app.app_context():
        return addresses.reply_to((people.mara.side, people.mara.id), conversation.id)


@pytest.fixture
def listener(mail_app):
    def within(call: Callable[[], str]) -> str:
        with mail_app.app_context():
            return call()

    running = Listener(Handler(within), "127.0.0.1", 0, lmtp=False)
    running.start()
    yield running
    running.stop()
