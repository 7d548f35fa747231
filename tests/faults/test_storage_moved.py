"""Moving all files into another storage while people go on sending: nothing is lost, nothing is copied twice."""

from __future__ import annotations

import hashlib
import threading

import pytest

from tests.attachments import buckets
from tests.cli.conftest import run
from tests.factories import attach, start
from tests.guards.rows import all_rows
from tests.people import People
from webapp.attachments import storage
from webapp.config import ROOT

pytestmark = pytest.mark.slow

__all__ = ["run"]


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


@pytest.fixture
def talk(app):
    people = People()
    return people, start(people.olga, people.mara_row)


def contents_of(app, target):
    """Whether the target holds every file as it was sent."""
    rows = all_rows(app)["message_attachments"]
    read = {row["storage_path"]: b"".join(target.read(row["storage_path"], 0, row["size_bytes"])) for row in rows}
    return all(hashlib.sha256(read[row["storage_path"]]).hexdigest() == row["sha256"] for row in rows) and len(rows)


def test_into_a_bucket_while_people_send(app, run, talk, monkeypatch):
    people, conversation = talk
    for _ in range(3):
        attach(people.mara, conversation)
    with buckets.bucket(monkeypatch):
        sending = threading.Thread(target=lambda: [attach(people.mara, conversation) for _ in range(3)])
        sending.start()
        first = run("move-storage", buckets.URL)
        sending.join()
        second = run("move-storage", buckets.URL)
        third = run("move-storage", buckets.URL)
        target = storage.open_storage(buckets.URL, ROOT)

        assert (first.exit_code, second.exit_code) == (0, 0), first.output
        assert "Copied 0 files, 6 were there already, 0 cannot be copied." in third.output
        assert contents_of(app, target) == 6


def test_a_file_that_is_missing_or_changed_is_named_and_the_rest_is_copied(app, run, talk, tmp_path):
    people, conversation = talk
    files = [attach(people.mara, conversation) for _ in range(3)]
    rows = {row["id"]: row for row in all_rows(app)["message_attachments"]}
    with app.app_context():
        storage.current().delete(rows[files[0]]["storage_path"])
        changed = tmp_path / "changed"
        changed.write_bytes(b"x" * rows[files[1]]["size_bytes"])
        storage.current().put(changed, rows[files[1]]["storage_path"], {})

    result = run("move-storage", f"file:{tmp_path / 'new'}")

    assert result.exit_code == 1
    assert f"{rows[files[0]]['storage_path']} is missing" in result.output
    assert f"{rows[files[1]]['storage_path']} is not what was sent" in result.output
    assert "Copied 1 files" in result.output
