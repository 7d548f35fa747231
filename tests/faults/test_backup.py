"""A backup taken while people write, restored elsewhere: flask doctor finds nothing wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from tests import backends, factories
from tests.people import People
from tests.services import ROOT
from webapp.database import session

pytestmark = pytest.mark.slow

DURING = 12
"""Messages that are sent, at least, before the backup is over; each has a file."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def backend(request) -> str:
    return request.param


@pytest.fixture
def place(backend, tmp_path, worker_name) -> Iterator[tuple]:
    """An app with files in a folder of its own, and where it lies."""
    storage = f"file:{tmp_path}/files"
    with (
        backends.URLS[backend](tmp_path, f"{worker_name}_backup") as url,
        backends.running_app(url, storage_url=storage) as app,
    ):
        backends.migrate(app)
        factories.save_in(app)
        yield url, storage
        factories.save_in(None)


@contextmanager
def writing(people: People, conversation) -> Iterator[None]:
    """Let somebody send message after message, until the block is over and DURING were sent."""
    over, failed = threading.Event(), []

    def send() -> None:
        sent = 0
        try:
            while sent < DURING or not over.is_set():
                factories.attach(people.mara, conversation, f"photo-{sent}.png")
                sent += 1
        except Exception as error:
            failed.append(error)

    writer = threading.Thread(target=send)
    writer.start()
    yield
    over.set()
    writer.join()
    assert not failed


def run(script: str, argument: str, url: str, storage: str) -> str:
    environment = {"PARLEY_DATABASE_URL": url, "PARLEY_STORAGE_URL": storage, "PYTHON": sys.executable}
    done = subprocess.run(  # noqa: PLW1510 - looked at below
        [ROOT / "deploy" / script, argument], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_backup_under_load_is_whole(place, backend, tmp_path, worker_name):
    url, storage = place
    people = People()
    conversation = factories.start(people.olga, people.mara_row)
    factories.attach(people.mara, conversation, "before.png")
    with writing(people, conversation):
        backup = run("backup.sh", f"{tmp_path}/backups", url, storage)

    elsewhere, files = tmp_path / "elsewhere", f"file:{tmp_path}/restored"
    elsewhere.mkdir()
    with backends.URLS[backend](elsewhere, f"{worker_name}_restored") as restored:
        run("restore.sh", backup, restored, files)
        with backends.running_app(restored, storage_url=files) as again:
            cli = again.test_cli_runner()
            for command in ("recount-unread", "sweep-attachments", "doctor"):
                result = cli.invoke(args=[command])
                assert result.exit_code == 0, result.output
            with again.app_context():
                kept = session.scalar(text("SELECT count(*) FROM message_attachments"))
        assert 1 <= kept <= 1 + DURING * 50


def test_nothing_is_restored_over_what_is_there(tmp_path):
    (tmp_path / "parley.db").touch()
    (tmp_path / "backup").mkdir()
    environment = {**os.environ, "PARLEY_DATABASE_URL": f"sqlite:///{tmp_path}/parley.db"}
    done = subprocess.run(  # noqa: PLW1510 - looked at below
        [ROOT / "deploy/restore.sh", tmp_path / "backup"], env=environment, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "is there already" in done.stderr
