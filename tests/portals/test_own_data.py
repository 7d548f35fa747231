"""Data rights: one's own data as a file, and an erasure that leaves the others their conversations."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine

from tests.cli.test_reset_second_step import set_up as set_up_second_step
from tests.factories import a_photo, accounts, attach, close, keep_draft, saving, send, start
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of, inbox_of
from tests.portals.test_moderation import is_sound
from tests.portals.test_passkeys import add as add_passkey
from webapp.accounts import tokens
from webapp.accounts.models import Scope, Side
from webapp.database import now
from webapp.notifications.addresses import Named
from webapp.notifications.inbound import receiving

ACCESS = {"ada": "/admin/access", "olga": "/store/access", "mara": "/storefront/account/access"}


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


def export(browser, path):
    browser.get(path)
    answer = browser.submit("/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(BytesIO(answer.data))


def test_it_holds_what_the_person_may_read_and_nothing_else(app, sign_in, people):
    talk = start(people.olga, people.mara_row, "Late parcel", "Where is it?")
    send(people.mara, talk, "At the depot 👍")
    attach(people.mara, talk, "slip.png")
    keep_draft(people.mara, talk, "Half a sentence")
    keep_draft(people.olga, talk, "secret-of-olga")
    add_passkey(sign_in(people.mara), ACCESS["mara"], name="My phone")
    close(people.olga, start(people.olga, people.mara_row, "Long over", "Bye"))
    start(people.olga, people.luis_row, "Not hers", "secret-of-luis")
    start(people.tom, people.nina_row, "Elsewhere", "secret-of-nina")

    archive = export(sign_in(people.mara), ACCESS["mara"])

    found = json.loads(archive.read("data.json"))
    assert found["account"]["email"] == people.mara.email
    assert {one["subject"] for one in found["conversations"]} == {"Late parcel", "Long over"}
    assert [one["text"] for one in found["drafts"]] == ["Half a sentence"]
    assert [one["name"] for one in found["passkeys"]] == ["My phone"]
    texts = [message["content"] for one in found["conversations"] for message in one["messages"]]
    assert "At the depot 👍" in texts
    read = archive.read(f"conversations/{talk.id}.txt").decode()
    assert "Mara Lind:\nAt the depot 👍" in read
    assert archive.read(f"files/{talk.id}-3-slip.png")[:8] == a_photo()[:8]
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"secret-of" not in everything
    assert b"storage_path" not in everything
    assert people.olga.email.encode() not in everything


@pytest.mark.parametrize("who", ["ada", "olga"])
def test_everybody_has_one_and_it_is_noted(app, sign_in, people, who):
    viewer = getattr(people, who)
    start(people.ada, people.harbor, "Your shop")
    archive = export(sign_in(viewer), ACCESS[who])

    assert json.loads(archive.read("data.json"))["conversations"][0]["subject"] == "Your shop"
    noted = [row for row in all_rows(app)["audit_log"] if row["action"] == "data_exported"]
    assert [row["actor_id"] for row in noted] == [viewer.id]


def test_it_asks_for_the_password_again_after_a_while(sign_in, people):
    browser = sign_in(people.mara)
    browser.get(ACCESS["mara"])
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert "/access/confirm" in browser.submit("/export").location


def erased(browser, email, typed=None):
    browser.get("/admin/people", query_string={"email": email})
    return browser.submit("/erase", typed=email if typed is None else typed)


def test_an_erasure_leaves_nothing_that_says_who_it_was(app, sign_in, people):
    talk = start(people.olga, people.mara_row, "Late parcel", "Where is it?")
    send(people.mara, talk, "At the depot")
    keep_draft(people.mara, talk, "Half a sentence")
    with saving():
        tokens.issue_own(people.mara, "Her shop list", [Scope.READ], 30)
    set_up_second_step(people.mara_row)
    with app.app_context():
        mail = f"From: {people.mara.email}\r\nMessage-ID: <1@example.com>\r\n\r\nHello".encode()
        receiving.receive(mail, Named((Side.CUSTOMER, people.mara.id), talk.id))
    mara, ada = sign_in(people.mara), sign_in(people.ada)
    page = ada.get("/admin/people", query_string={"email": people.mara.email}).text
    assert "1 session, 1 token" in page
    assert "1 message, written by" in page

    assert erased(ada, people.mara.email).status_code == 303

    rows = all_rows(app)
    left = str(rows)
    assert "Mara Lind" not in left
    assert "mara" not in str(rows["messages"]).lower()
    assert people.mara.email not in left
    assert "Half a sentence" not in left
    assert "Her shop list" not in left
    assert mara.get("/storefront/account").status_code == 302
    page = sign_in(people.olga).get(f"/store/messages/{talk.id}").text
    assert "At the depot" in page
    assert "Deleted account" in page
    (noted,) = [row for row in rows["audit_log"] if row["action"] == "data_erased"]
    assert (noted["actor_id"], noted["object_id"]) == (people.ada.id, str(people.mara.id))
    assert is_sound(app)


def test_only_the_account_that_was_meant_is_erased(app, sign_in, people):
    with saving():
        accounts.create_customer(people.tea, people.mara.email, "Mara at Tea", None)
    ada = sign_in(people.ada)
    ada.get("/admin/people", query_string={"email": people.mara.email})
    path = f"/admin/people/customer/{people.mara.id}/erase"
    ada.post(path, data={"csrf_token": ada.csrf_token(), "typed": people.mara.email})

    assert {row["name"] for row in all_rows(app)["customers"] if row["email"] == people.mara.email} == {"Mara at Tea"}
    assert ada.post(path, data={"csrf_token": ada.csrf_token(), "typed": people.mara.email}).status_code == 404


@pytest.mark.parametrize("typed", ["", "mara", "luis.gomez@example.com"])
def test_without_the_email_typed_nothing_happens(app, sign_in, people, typed):
    answer = erased(sign_in(people.ada), people.mara.email, typed)

    assert answer.status_code == 422
    assert f"Type {people.mara.email} to confirm" in answer.text
    assert any(row["email"] == people.mara.email and row["is_active"] for row in all_rows(app)["customers"])


def test_nobody_erases_themselves_and_nobody_but_an_admin_erases(app, sign_in, people):
    answer = erased(sign_in(people.ada), people.ada.email)
    assert "Another admin has to erase your account" in answer.text

    for who in ("olga", "mara"):
        viewer = getattr(people, who)
        browser = sign_in(viewer)
        browser.get(inbox_of(viewer))
        path = f"/admin/people/customer/{people.luis.id}/erase"
        assert browser.post(path, data={"csrf_token": browser.csrf_token()}).status_code == 302
    assert browser_of(app).get("/admin/people").status_code == 302
    assert not [row for row in all_rows(app)["audit_log"] if row["action"] == "data_erased"]


@pytest.mark.parametrize(("email", "words"), [("x", "correct format"), ("nobody@example.com", "no account")])
def test_an_email_that_nobody_has(sign_in, people, email, words):
    assert words in sign_in(people.ada).get("/admin/people", query_string={"email": email}).text
