"""One message: taking it back, removing it or its files, reporting it, blocking its sender; and for whom not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import attach, change_settings, read, saving, send, start
from tests.guards.rows import all_rows
from tests.portals.fixtures import inbox_of
from webapp.attachments import storage
from webapp.attachments.errors import FileMissing
from webapp.cli import checks
from webapp.database import now, session
from webapp.messaging import maintenance
from webapp.messaging.models import Message
from webapp.notifications.inbound.models import InboundMail, InboundState

SECRET = "tok-3141592"


@pytest.fixture
def talk(people):
    """A thread between Harbor Goods and Mara whose last message is Mara's."""
    conversation = start(people.olga, people.mara_row, text="Welcome")
    send(people.mara, conversation, f"This is {SECRET}")
    return conversation


def open_message(browser, viewer, conversation, seq):
    return browser.get(f"{inbox_of(viewer)}/{conversation.id}/m/{seq}")


def is_sound(app):
    """Whether doctor and the recount find nothing wrong."""
    with app.app_context():
        wrong = [check.name for check in checks.run() if check.problem]
        return wrong == [] and list(maintenance.recount(maintenance.Recount(), repair=False)) == []


def test_an_author_takes_back_what_they_wrote(app, sign_in, people, talk):
    mara, olga = sign_in(people.mara), sign_in(people.olga)
    assert "Delete it" in open_message(mara, people.mara, talk, 2).text

    assert mara.submit("/delete").location == f"/storefront/account/messages/{talk.id}?m=2#m-2"

    assert "You deleted this message." in mara.get(f"/storefront/account/messages/{talk.id}").text
    page = olga.get(f"/store/messages/{talk.id}").text
    assert "This message was deleted." in page
    assert SECRET not in page + olga.get("/store/messages").text
    assert SECRET not in str({name: rows for name, rows in all_rows(app).items() if name != "sessions"})
    assert "Message removed" in olga.get("/store/messages").text
    assert is_sound(app)


def test_the_unread_count_stays_right(app, sign_in, people, talk):
    mara, olga = sign_in(people.mara), sign_in(people.olga)
    send(people.mara, talk, "Second")
    open_message(mara, people.mara, talk, 2)
    mara.submit("/delete")

    assert "(2)" in olga.get("/store/messages").text
    read(people.olga, talk)
    assert "(1)" not in olga.get("/store/messages").text
    assert is_sound(app)


def test_the_mail_that_a_message_came_by_goes_with_it(app, sign_in, people, talk):
    with saving():
        number = session.scalars(select(Message.id).where(Message.seq == 2)).one()
        session.add(
            InboundMail(
                conversation_id=talk.id,
                participant_type=people.mara.side,
                participant_id=people.mara.id,
                digest="d",
                state=InboundState.POSTED,
                size_bytes=1,
                message_id=number,
                original=f"{SECRET} quoted",
                tries=1,
            )
        )
    mara = sign_in(people.mara)
    open_message(mara, people.mara, talk, 2)
    mara.submit("/delete")

    page = sign_in(people.olga).get(f"/store/messages/{talk.id}/messages/2/original")
    assert (page.status_code, SECRET in page.text) == (200, False)
    assert SECRET not in str(all_rows(app)["inbound_mails"])


def test_after_its_time_a_message_stays(app, sign_in, people, talk):
    mara = sign_in(people.mara)
    open_message(mara, people.mara, talk, 2)
    form = {"csrf_token": mara.csrf_token()}
    path = f"/storefront/account/messages/{talk.id}/m/2"

    with time_machine.travel(now() + timedelta(minutes=16)):
        assert mara.post(f"{path}/delete", data=form).status_code == 403
        assert "Delete it" not in mara.get(path).text
    change_settings(message_delete_minutes=0)
    assert mara.post(f"{path}/delete", data=form).status_code == 403
    change_settings(message_delete_minutes=60)
    with time_machine.travel(now() + timedelta(minutes=59)):
        assert mara.post(f"{path}/delete", data=form).status_code == 303


def test_nobody_deletes_what_another_wrote_and_no_stranger_learns_of_it(app, sign_in, people, talk):
    for who, status in (("sam", 403), ("mara", 403), ("luis", 404), ("tom", 404), ("ada", 404)):
        viewer = getattr(people, who)
        browser = sign_in(viewer)
        browser.get(inbox_of(viewer))
        seq = 1 if who == "mara" else 2
        path = f"{inbox_of(viewer)}/{talk.id}/m/{seq}"
        data = {"csrf_token": browser.csrf_token(), "reason": "x", "blocked": "on", "acting_store": ""}
        assert browser.post(f"{path}/delete", data=data).status_code == status
        assert browser.post(f"{path}/remove", data=data).status_code == status
        if status == 404:
            assert browser.get(path).status_code == 404
            assert browser.post(f"{path}/report", data=data).status_code == 404
            assert browser.post(f"{path}/block", data=data).status_code == 404
    assert all_rows(app)["message_removals"] == all_rows(app)["message_reports"] == all_rows(app)["blocks"] == []


def test_an_owner_removes_with_a_reason_that_everybody_reads(app, sign_in, people, talk):
    olga = sign_in(people.olga)
    open_message(olga, people.olga, talk, 2)
    assert olga.submit("/remove", reason=" ").status_code == 422
    open_message(olga, people.olga, talk, 2)
    assert olga.submit("/remove", reason="Holds a card number").status_code == 303

    for viewer in (people.olga, people.mara):
        page = sign_in(viewer).get(f"{inbox_of(viewer)}/{talk.id}").text
        assert "Removed by the store: <bdi>Holds a card number</bdi>" in page
        assert SECRET not in page
    (entry,) = [row for row in all_rows(app)["audit_log"] if row["action"] == "message_removed"]
    assert (entry["actor_id"], entry["is_private"], entry["after"]["message"]) == (people.olga.id, True, 2)


def test_an_owner_does_not_remove_what_the_platform_wrote(sign_in, people):
    conversation = start(people.ada, people.harbor)
    olga = sign_in(people.olga)
    assert "Remove it" not in open_message(olga, people.olga, conversation, 1).text
    data = {"csrf_token": olga.csrf_token(), "acting_store": "harbor-goods", "reason": "x"}
    assert olga.post(f"/store/messages/{conversation.id}/m/1/remove", data=data).status_code == 403


def test_a_removed_message_takes_its_files_along(app, sign_in, people, talk):
    attach(people.mara, talk, "passport.png")
    mara = sign_in(people.mara)
    open_message(mara, people.mara, talk, 3)
    path = all_rows(app)["message_attachments"][0]["storage_path"]
    with app.app_context():
        assert storage.current().find(path).size_bytes > 0
    mara.submit("/m/3/delete")

    with app.app_context(), pytest.raises(FileMissing):
        storage.current().find(path)
    assert all_rows(app)["message_attachments"] == []
    assert is_sound(app)


def test_one_file_of_a_message_goes_and_the_rest_stays(app, sign_in, people, talk):
    file = attach(people.mara, talk, "passport.png")
    sam = sign_in(people.sam)
    sam.get("/store/messages")
    data = {"csrf_token": sam.csrf_token(), "acting_store": "harbor-goods"}
    assert sam.post(f"/store/messages/{talk.id}/attachments/{file}/delete", data=data).status_code == 403
    mara = sign_in(people.mara)
    open_message(mara, people.mara, talk, 3)
    assert mara.submit(f"/attachments/{file}/delete").status_code == 303

    page = mara.get(f"/storefront/account/messages/{talk.id}").text
    assert "A file was removed from this message." in page
    assert "passport.png" not in page
    assert mara.get(f"/storefront/account/messages/{talk.id}/attachments/{file}").status_code == 404
    assert is_sound(app)


@pytest.mark.parametrize("seq", [0, 99, 99999999999999999999])
def test_a_message_that_is_not_there_is_not_found(sign_in, people, talk, seq):
    assert sign_in(people.olga).get(f"/store/messages/{talk.id}/m/{seq}").status_code == 404
