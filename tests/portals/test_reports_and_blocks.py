"""Reporting a message to the platform, and blocking its sender: for whom, and what the others learn of it."""

from __future__ import annotations

import pytest

from tests.factories import make_customer, send, start
from tests.guards.rows import all_rows
from tests.portals.test_moderation import SECRET, is_sound, open_message, talk

__all__ = ["talk"]


def test_a_report_reaches_the_platform_alone(app, sign_in, people, talk):
    olga, ada = sign_in(people.olga), sign_in(people.ada)
    open_message(olga, people.olga, talk, 2)
    assert olga.submit("/report", reason="").status_code == 422
    open_message(olga, people.olga, talk, 2)
    assert olga.submit("/report", reason="Threatens us").status_code == 303
    assert "You reported this message" in open_message(olga, people.olga, talk, 2).text

    assert ada.get(f"/admin/messages/{talk.id}").status_code == 404
    page = ada.get("/admin/reports").text
    assert "Threatens us" in page
    assert SECRET in page
    assert "Welcome" not in page
    for viewer in (people.sam, people.mara):
        assert "Threatens" not in open_message(sign_in(viewer), viewer, talk, 2).text
    data = {"csrf_token": olga.csrf_token(), "acting_store": "harbor-goods", "reason": "again"}
    assert olga.post(f"/store/messages/{talk.id}/m/2/report", data=data).status_code == 403


@pytest.mark.parametrize("removes", [True, False])
def test_an_admin_settles_a_report(app, sign_in, people, talk, removes):
    olga, ada = sign_in(people.olga), sign_in(people.ada)
    open_message(olga, people.olga, talk, 2)
    olga.submit("/report", reason="Threatens us")
    ada.get("/admin/reports")
    number = all_rows(app)["message_reports"][0]["id"]
    path, data = f"/admin/reports/{number}/settle", {"csrf_token": ada.csrf_token()}
    if removes:
        assert ada.post(path, data={**data, "removes": "on", "reason": " "}).status_code == 422
        data |= {"removes": "on", "reason": "Against the rules"}

    assert ada.post(path, data=data).status_code == 303

    assert "No message waits for you." in ada.get("/admin/reports").text
    page = olga.get(f"/store/messages/{talk.id}").text
    assert ("Removed by the platform: <bdi>Against the rules</bdi>" in page) is removes
    assert (SECRET in page) is not removes
    assert ada.post(path, data=data).status_code == 404
    assert is_sound(app)


def test_who_is_blocked_cannot_write_and_is_told(app, sign_in, people, talk):
    sam, mara = sign_in(people.sam), sign_in(people.mara)
    other = start(people.ada, people.mara_row)
    open_message(sam, people.sam, talk, 2)
    sam.submit("/block")

    mara.get(f"/storefront/account/messages/{talk.id}")
    refused = mara.submit("/messages", body="But why?")
    assert refused.status_code == 403
    assert "you were blocked" in refused.text
    assert "But why?" in refused.text
    assert "blocked" not in open_message(sign_in(people.luis), people.luis, talk, 2).text
    assert send(people.mara, other, "Hello platform").seq == 2
    luis = make_customer(people.harbor, "Another One")
    assert start(people.olga, luis).id

    open_message(sam, people.sam, talk, 2)
    assert "is blocked" in sam.shown[1]
    sam.submit("/block")
    mara.get(f"/storefront/account/messages/{talk.id}")
    assert mara.submit("/messages", body="Thanks").status_code == 303


def test_a_retry_of_what_was_sent_before_the_block_gets_its_first_answer(people, talk, sign_in):
    key = "7b1c2b0e-43e5-4f3e-9d0b-0f8f6f4a2f11"
    first = send(people.mara, talk, "Hello", key)
    sam = sign_in(people.sam)
    open_message(sam, people.sam, talk, 2)
    sam.submit("/block")

    assert send(people.mara, talk, "Hello", key).id == first.id
