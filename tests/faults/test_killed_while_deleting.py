"""SIGKILL in the middle of deleting a file: the row is there with its file, or gone, and the sweep takes the rest."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import backends, factories
from tests.backends import SECRET_KEY
from tests.factories import attach
from tests.faults.test_killed_while_sending import age
from tests.guards.rows import all_rows
from tests.people import People
from tests.services import ROOT

pytestmark = pytest.mark.slow

CHILDREN = """
import os, signal, sys
from sqlalchemy import Engine, event
from webapp import create_app
from webapp.attachments import storage

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

app = create_app()
for moment, number in zip(sys.argv[1::2], sys.argv[2::2]):
    if child := os.fork():
        print(os.waitpid(child, 0)[1])
        continue
    with app.app_context():
        delete = storage.current().delete
        if moment == "before the commit":
            event.listen(Engine, "commit", die)
        elif moment == "before the file":
            storage.current().delete = die
        else:
            storage.current().delete = lambda path: (delete(path), die())
    app.test_cli_runner().invoke(args=["delete-attachment", number])
    os._exit(1)
"""
"""Delete files, each in a child of its own that is killed at its moment, and print how the children ended."""

MOMENTS = ("before the commit", "before the file", "before the previews")


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_no_row_without_its_file_and_nothing_is_left(tmp_path, worker_name, backend):
    folder = tmp_path / "files"
    with (
        backends.URLS[backend](tmp_path, f"deleting_{worker_name}") as url,
        backends.running_app(url, storage_url=f"file:{folder}") as app,
    ):
        backends.migrate(app)
        factories.save_in(app)
        people = People()
        conversation = factories.start(people.olga, people.mara_row)
        numbers = {moment: str(attach(people.mara, conversation)) for moment in MOMENTS}
        settings = {
            "PARLEY_ENV": "test",
            "PARLEY_SECRET_KEY": SECRET_KEY,
            "PARLEY_DATABASE_URL": url,
            "PARLEY_STORAGE_URL": f"file:{folder}",
            "PATH": os.environ["PATH"],
        }
        words = [word for pair in numbers.items() for word in pair]
        ended = subprocess.check_output([sys.executable, "-c", CHILDREN, *words], cwd=ROOT, env=settings)
        assert ended.split() == [b"9"] * len(MOMENTS)

        kept = {str(row["id"]): folder / row["storage_path"] for row in all_rows(app)["message_attachments"]}
        assert set(kept) == {numbers["before the commit"]}
        assert all(path.is_file() for path in kept.values())
        run = app.test_cli_runner().invoke
        assert run(args=["delete-attachment", *kept]).exit_code == 0, "the next try"
        age(folder)
        run(args=["sweep-attachments"])
        assert run(args=["doctor"]).exit_code == 0
        assert [path for path in folder.rglob("*") if path.is_file()] == []
        factories.save_in(None)
