"""A virus scanner that is away, hangs or refuses: the message is sent, its file waits and opens for nobody."""

from __future__ import annotations

import pytest

from tests.attachments.clamd import SIGNATURE, eicar
from tests.guards.rows import all_rows
from tests.portals.fixtures import inbox_of
from tests.portals.test_virus_scan import app, clamd, people, send, talk, the_file
from webapp import jobs
from webapp.attachments import scanning
from webapp.jobs import JobEngine

pytestmark = pytest.mark.slow

__all__ = ["app", "clamd", "people", "talk"]


def test_without_an_answer_the_file_waits_and_is_scanned_later(app, clamd, people, talk, monkeypatch):
    run = app.test_cli_runner().invoke
    away = scanning.Clamd("tcp://127.0.0.1:1")
    monkeypatch.setitem(app.extensions, "parley.scanner", away)
    browser, sent = send(app, people.mara, talk, b"Nothing but words")
    send(app, people.mara, talk, eicar(), "second.txt")

    assert sent.status_code == 303
    states = {row["filename"]: row["scan_state"] for row in all_rows(app)["message_attachments"]}
    assert states == {"note.txt": "pending", "second.txt": "pending"}
    first = next(row["id"] for row in all_rows(app)["message_attachments"] if row["filename"] == "note.txt")
    path = f"{inbox_of(people.mara)}/{talk.id}"
    assert "Waits to be checked for viruses" in browser.get(path).text
    assert browser.get(f"{path}/attachments/{first}").status_code == 403
    assert "Scanned 0 files" in run(args=["scan-attachments"]).output

    monkeypatch.setitem(app.extensions, "parley.scanner", scanning.Clamd(clamd.url))
    output = run(args=["scan-attachments"]).output

    assert f"infected second.txt: {SIGNATURE}" in output
    assert "clean note.txt" in output
    assert browser.get(f"{path}/attachments/{first}").status_code == 200
    assert len([row for row in all_rows(app)["audit_log"] if row["action"] == "file_infected"]) == 1


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("INSTREAM size limit exceeded. ERROR", "INSTREAM size limit exceeded. ERROR"),
        ("stream: Can't allocate memory ERROR", "Can't allocate memory"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_file_that_the_scanner_refuses_is_marked_so(app, clamd, people, talk, answer, note):
    clamd.answer = answer
    send(app, people.mara, talk, b"Nothing but words")

    assert (the_file(app)["scan_state"], the_file(app)["scan_note"]) == ("error", note)


def test_a_scanner_that_hangs_does_not_hold_the_message(app, clamd, people, talk, monkeypatch):
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    clamd.delay = 0.5
    _, sent = send(app, people.mara, talk, b"Nothing but words")

    assert (sent.status_code, the_file(app)["scan_state"]) == (303, "pending")


def test_the_jobs_scan_later_by_themselves(app, clamd, people, talk, monkeypatch, tmp_path):
    monkeypatch.setattr(jobs, "ROOT", tmp_path)
    monkeypatch.setitem(app.extensions, "parley.scanner", scanning.Clamd("tcp://127.0.0.1:1"))
    send(app, people.mara, talk, b"Nothing but words")
    engine = JobEngine(app)
    engine.scan()
    assert [row["scan_state"] for row in all_rows(app)["message_attachments"]] == ["pending"]

    monkeypatch.setitem(app.extensions, "parley.scanner", scanning.Clamd(clamd.url))
    engine.scan()

    assert [row["scan_state"] for row in all_rows(app)["message_attachments"]] == ["clean"]
    assert "scan" in {task.name for task in engine.huey._registry.periodic_tasks}
