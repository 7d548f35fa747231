"""Retention: what is due is counted, confirmed by typing, deleted with all that hangs on it, and what is held stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import attach, change_settings, close, keep_draft, saving, send, start
from tests.guards.rows import all_rows
from tests.messaging.at_once import at_once
from tests.portals.fixtures import inbox_of
from tests.portals.test_moderation import is_sound
from webapp import jobs
from webapp.accounts.models import Side
from webapp.attachments import storage
from webapp.database import now
from webapp.jobs import JobEngine
from webapp.messaging import moderation, retention
from webapp.notifications.addresses import Named
from webapp.notifications.inbound import receiving

LATER = timedelta(days=31)


@pytest.fixture
def talks(people):
    """Closed ones of two channels, and an open one."""
    old = start(people.olga, people.mara_row, "Old one", "Where is it?")
    send(people.mara, old, "At the depot")
    attach(people.mara, old)
    keep_draft(people.sam, old, "Half a sentence")
    with saving():
        moderation.report_message(people.mara, old.id, 1, "Rude")
    close(people.olga, old)
    platform = close(people.ada, start(people.ada, people.harbor, "Of the platform"))
    return old, platform, start(people.olga, people.mara_row, "Still open")


@pytest.fixture
def ada(sign_in, people, talks):
    change_settings(retention_days_store_customer=30)
    with time_machine.travel(now() + LATER):
        browser = sign_in(people.ada)
        browser.get("/admin/retention")
        yield browser


def subjects(app):
    return {row["subject"] for row in all_rows(app)["conversations"]}


def test_what_is_due_is_counted_and_goes_when_it_was_typed(app, sign_in, people, talks, ada):
    old, *_ = talks
    with app.app_context():
        mail = f"From: {people.mara.email}\r\nMessage-ID: <1@example.com>\r\n\r\nHello".encode()
        receiving.receive(mail, Named((Side.CUSTOMER, people.mara.id), old.id))
        path = all_rows(app)["message_attachments"][0]["storage_path"]
    page = ada.get("/admin/retention").text
    assert "Older than 30 days: 1 conversation, 3 messages, 1 file" in page
    assert page.count("Kept for ever") == 2

    for wrong in ("", "delete", "delete 2 conversations"):
        refused = ada.submit("/retention/delete", typed=wrong)
        assert (refused.status_code, "to confirm" in refused.text) == (422, True)
    assert len(subjects(app)) == 3
    assert ada.submit("/retention/delete", typed="Delete 1 conversation").status_code == 303

    assert subjects(app) == {"Of the platform", "Still open"}
    rows = all_rows(app)
    for name, table in rows.items():
        assert old.id not in [row["conversation_id"] for row in table if "conversation_id" in row], name
    with app.app_context():
        assert path not in {one.path for one in storage.current().list(path.rpartition("/")[0])}
    assert is_sound(app)
    assert "Nothing is due." in ada.get("/admin/retention").text
    (noted,) = [row for row in rows["audit_log"] if row["action"] == "retention_applied"]
    assert (noted["actor_id"], noted["after"]["conversations"], noted["after"]["files"]) == (people.ada.id, 1, 1)
    mara = sign_in(people.mara)
    assert mara.get(f"{inbox_of(people.mara)}/{old.id}").status_code == 404


def test_what_is_not_closed_for_long_enough_stays(app, talks, sign_in, people):
    change_settings(retention_days_store_customer=30, retention_days_admin_store=32)
    with time_machine.travel(now() + timedelta(days=29)):
        assert "Nothing is due." in sign_in(people.ada).get("/admin/retention").text
    assert "Nothing is due." in sign_in(people.ada).get("/admin/retention").text
    with time_machine.travel(now() + LATER):
        page = sign_in(people.ada).get("/admin/retention").text
    assert "delete 1 conversation" in page


@pytest.mark.parametrize("what", ["the conversation", "the store"])
def test_what_is_held_stays_until_the_hold_is_lifted(app, talks, ada, people, sign_in, what):
    old, *_ = talks
    held = str(old.id) if what == "the conversation" else people.harbor.code
    for wrong in ({"what": "987654", "reason": "x"}, {"what": "nowhere", "reason": "x"}, {"what": held, "reason": " "}):
        assert ada.submit("/holds", **wrong).status_code == 422
        ada.get("/admin/retention")
    assert ada.submit("/holds", what=held, reason="Case 17/26").status_code == 303
    page = ada.get("/admin/retention").text
    assert "1 held back" in page
    assert "Nothing is due." in page
    assert ada.submit("/holds", what=held, reason="Again").status_code == 422
    ada.get("/admin/retention")

    olga = sign_in(people.olga)
    olga.get(f"/store/messages/{old.id}")
    form = {"csrf_token": olga.csrf_token(), "acting_store": people.harbor.code, "reason": "Rude"}
    assert olga.post(f"/store/messages/{old.id}/m/1/remove", data=form).status_code == 422
    ada.get("/admin/people", query_string={"email": people.mara.email})
    assert "a legal hold keeps" in ada.submit("/erase", typed=people.mara.email).text

    ada.get("/admin/retention")
    assert ada.submit("/lift").status_code == 303
    assert "delete 1 conversation" in ada.get("/admin/retention").text
    noted = [row["action"] for row in all_rows(app)["audit_log"] if row["action"].startswith("hold")]
    assert noted == ["hold_placed", "hold_lifted"]


def test_the_command_says_what_is_due_and_deletes_with_yes(app, talks):
    change_settings(retention_days_store_customer=30)
    with time_machine.travel(now() + LATER):
        run = app.test_cli_runner().invoke
        said = run(args=["apply-retention"]).output
        assert "1 conversations, 3 messages, 1 files are due" in said
        assert len(subjects(app)) == 3
        assert "Deleted 1 conversations with 1 files" in run(args=["apply-retention", "--yes"]).output
    assert subjects(app) == {"Of the platform", "Still open"}
    assert is_sound(app)


def nightly(engine):
    """The job as the engine finds it at its time; at any other there is none."""
    found = [
        task
        for minute in range(24 * 60)
        for task in engine.huey.read_periodic(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute))
        if type(task).__name__ == "apply_retention"
    ]
    assert len(found) == 1, "once a day"
    return found[0]


@pytest.fixture
def engine(app, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "ROOT", tmp_path)
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN", 0.05)
    return JobEngine(app)


def test_the_jobs_do_it_every_night_as_the_command_does(app, talks, people, engine):
    old, *_ = talks
    path = all_rows(app)["message_attachments"][0]["storage_path"]
    task = nightly(engine)
    with time_machine.travel(now() + LATER):
        engine.huey.execute(task)
        assert len(subjects(app)) == 3, "nothing is deleted as long as no setting says so"
        change_settings(retention_days_store_customer=30)
        with saving():
            retention.place(people.ada, str(old.id), "Case 17/26")
        engine.huey.execute(task)
        assert len(subjects(app)) == 3, "what is held stays"
        with saving():
            retention.lift(people.ada, retention.holds()[0].id)
        engine.huey.execute(task)

    assert subjects(app) == {"Of the platform", "Still open"}
    (noted,) = [row for row in all_rows(app)["audit_log"] if row["action"] == "retention_applied"]
    assert noted["actor_id"] is None
    assert noted["after"] == {"conversations": 1, "files": 1, "from": old.id, "to": old.id}
    with app.app_context():
        assert path not in {one.path for one in storage.current().list(path.rpartition("/")[0])}
    assert is_sound(app)


def test_several_workers_at_once_delete_and_note_each_conversation_once(app, talks, people, engine, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    numbers = {close(people.olga, start(people.olga, people.mara_row)).id for _ in range(8)} | {talks[0].id}
    change_settings(retention_days_store_customer=30)
    tasks = [nightly(one) for one in (engine, *(JobEngine(app) for _ in range(3)))]
    with time_machine.travel(now() + LATER):
        at_once(*(lambda task=task: engine.huey.execute(task) for task in tasks))

    assert subjects(app) == {"Of the platform", "Still open"}
    noted = [row["after"] for row in all_rows(app)["audit_log"] if row["action"] == "retention_applied"]
    assert sum(one["conversations"] for one in noted) == len(numbers) == 9
    assert {one["from"] for one in noted} | {one["to"] for one in noted} <= numbers
    assert is_sound(app)


def test_a_worker_that_ends_goes_on_in_another_night(app, talks, people, engine, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    close(people.olga, start(people.olga, people.mara_row, "Old too"))
    change_settings(retention_days_store_customer=30)
    engine.stopping.set()
    with time_machine.travel(now() + LATER):
        engine.huey.execute(nightly(engine))
        assert len(subjects(app)) == 3
        engine.stopping.clear()
        engine.huey.execute(nightly(engine))
    assert subjects(app) == {"Of the platform", "Still open"}


def test_only_admins_have_it_and_it_asks_for_the_password_again(sign_in, people, ada):
    assert sign_in(people.olga).get("/admin/retention").status_code == 302
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert "/access/confirm" in ada.submit("/holds", what="1", reason="x").location
