"""sweep-attachments and delete-attachment: what a crash left goes after an hour, and doctor compares both ways."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from tests import factories
from tests.factories import attach, send, start
from tests.guards.rows import all_rows
from tests.people import People
from webapp.attachments import storage
from webapp.attachments.paths import THUMBNAIL, path_of_preview
from webapp.database import writing
from webapp.messaging import single_files

OLD = 2 * 3600


@pytest.fixture
def people(app):
    factories.save_in(app)
    return People()


@pytest.fixture
def root(app):
    """The folder of files, empty."""
    root = storage_of(app).root
    for name in ("uploads", "previews", "tmp"):
        shutil.rmtree(root / name, ignore_errors=True)
    return root


def storage_of(app):
    with app.app_context():
        return storage.current()


def leave(root: Path, path: str, age: float) -> Path:
    found = root / path
    found.parent.mkdir(parents=True, exist_ok=True)
    found.write_bytes(b"left")
    os.utime(found, (time.time() - age,) * 2)
    return found


def age(path: Path):
    os.utime(path, (time.time() - OLD,) * 2)


def test_what_has_no_row_goes_after_an_hour(app, people, root, run):
    number = attach(people.olga, start(people.olga, people.mara_row))
    kept = root / all_rows(app)["message_attachments"][0]["storage_path"]
    preview = leave(root, path_of_preview(str(kept.relative_to(root)), THUMBNAIL), OLD)
    age(kept)
    stem = "messages/2026/11/1/00000000-0000-7000-8000-000000000000"
    gone = [
        leave(root, f"uploads/{stem}.pdf", OLD),
        leave(root, f"previews/{stem}-480.webp", OLD),
        leave(root, "uploads/messages/2026/11/1/nonsense.txt", OLD),
        leave(root, "tmp/upload-abc", OLD),
        leave(root, "tmp/preview-x/source", OLD),
    ]
    age(root / "tmp/preview-x")
    young = [leave(root, "uploads/messages/2026/11/1/young.pdf", 60), leave(root, "tmp/upload-young", 60)]

    result = run("sweep-attachments")

    assert result.exit_code == 0
    assert "Swept 5 files" in result.output
    assert not [path for path in gone if path.exists()]
    assert all(path.exists() for path in (kept, preview, *young))
    assert "Nothing to sweep" in run("sweep-attachments").output
    assert str(number) in kept.name


def test_doctor_compares_rows_and_files_both_ways(app, people, root, run):
    conversation = start(people.olga, people.mara_row)
    attach(people.olga, conversation)
    attach(people.mara, conversation)
    assert "WRONG" not in run("doctor").output

    first, second = (root / row["storage_path"] for row in all_rows(app)["message_attachments"])
    first.unlink()
    second.write_bytes(b"shorter")
    leave(root, "uploads/messages/2026/11/1/left.pdf", OLD)
    result = run("doctor")

    assert result.exit_code == 1
    assert "WRONG every attachment has its file: 2:" in result.output
    assert "is missing" in result.output
    assert "has 7 bytes instead of" in result.output
    assert "WRONG every file has its attachment: 1: uploads/messages/2026/11/1/left.pdf" in result.output


def test_delete_attachment_takes_row_file_and_name(app, people, root, run):
    conversation = start(people.olga, people.mara_row)
    number = attach(people.mara, conversation, "secret.png")

    result = run("delete-attachment", str(number))

    assert result.output == "Deleted secret.png.\n"
    rows = all_rows(app)
    assert rows["message_attachments"] == []
    assert rows["conversations"][0]["last_message_preview"] == ""
    assert list((root / "uploads").rglob("*.png")) == []
    assert "WRONG" not in run("doctor").output
    assert run("delete-attachment", str(number)).exit_code == 1


def test_a_delete_that_is_cut_off_leaves_a_file_for_the_sweep_and_no_row_without_one(app, people, root, run):
    conversation = start(people.olga, people.mara_row)
    number = attach(people.mara, conversation)
    send(people.olga, conversation, "A newer message keeps its preview")
    with app.app_context(), writing():
        single_files.delete_attachment(number)  # and here the process is killed
    (left,) = (root / "uploads").rglob("*.png")
    age(left)

    assert all_rows(app)["conversations"][0]["last_message_preview"].startswith("A newer message")
    assert "WRONG every file has its attachment: 1" in run("doctor").output
    assert "Swept 1 files" in run("sweep-attachments").output
    assert "WRONG" not in run("doctor").output
