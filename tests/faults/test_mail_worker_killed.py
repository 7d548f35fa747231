"""A worker killed between the server's 250 and its own commit: the mail may come twice, and then with the same id."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import time_machine

from tests import backends, factories
from tests.backends import SECRET_KEY
from tests.notifications.conftest import SETTINGS, mailing
from tests.notifications.smtp import smtp_server
from tests.people import People
from tests.services import ROOT
from webapp.database import now
from webapp.notifications import delivery

pytestmark = pytest.mark.slow

MAILS, PATIENCE = 3, 60


def a_worker(url, smtp_url):
    settings = {
        "PARLEY_ENV": "test",
        "PARLEY_SECRET_KEY": SECRET_KEY,
        "PARLEY_DATABASE_URL": url,
        "PARLEY_BASE_URL": "https://parley.test",
        "PARLEY_SMTP_URL": smtp_url,
        "PARLEY_MAIL_FROM": SETTINGS["mail_from"],
        "PARLEY_MAIL_COALESCE_SECONDS": "0",
        "PATH": os.environ["PATH"],
    }
    return subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=settings)


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_at_most_one_duplicate_with_the_same_id_and_nothing_lost(tmp_path, worker_name, backend):
    with (
        backends.URLS[backend](tmp_path, f"killed_{worker_name}") as url,
        backends.running_app(url) as app,
        smtp_server() as smtp,
    ):
        backends.migrate(app)
        factories.save_in(app)
        people = People()
        worker = a_worker(url, smtp.url)
        smtp.before_250 = worker.kill
        for row in (people.mara_row, people.luis_row, people.nina_row)[:MAILS]:
            factories.start(people.olga if row is not people.nina_row else people.tom, row)
        end = time.monotonic() + PATIENCE
        while worker.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        assert worker.poll() is not None, "nothing was sent"
        smtp.before_250 = None

        with (
            time_machine.travel(now() + timedelta(minutes=3)),
            mailing(app, smtp_url=smtp.url, mail_coalesce_seconds=0, **SETTINGS),
            app.app_context(),
        ):
            delivery.deliver()
        factories.save_in(None)

    ids = [received.mail["Message-ID"] for received in smtp.received]
    assert len(set(ids)) == MAILS, "none is lost"
    assert len(ids) == MAILS + 1, "the one that was under way came twice, the others once"
