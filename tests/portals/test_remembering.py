"""Remembered pieces: what changes is shown at once, and nobody sees what was rendered for somebody else."""

from __future__ import annotations

from tests.factories import close, send, start
from webapp.portals.remembering import memory


def test_a_row_and_a_message_are_rendered_once_and_anew_when_they_change(sign_in, people, monkeypatch):
    talk = start(people.olga, people.mara_row, "Late parcel", text="It left")
    memory.forget()
    olga = sign_in(people.olga)
    first = olga.get(f"/store/messages/{talk.id}").text
    kept = memory.number
    assert kept == 3, "the views, the row and the message"

    assert olga.get(f"/store/messages/{talk.id}").text.count("It left") == first.count("It left")
    assert memory.number == kept
    send(people.mara, talk, "Thank you")
    assert "Thank you" in olga.get("/store/messages").text
    assert "1 unread" in olga.get("/store/messages").text
    close(people.olga, talk)
    assert "Closed</span>" in olga.get("/store/messages?status=all").text


def test_each_viewer_has_pieces_of_their_own(sign_in, people):
    talk = start(people.olga, people.mara_row, "Late parcel", text="It left")
    for _ in range(2):
        assert "You: It left" in sign_in(people.olga).get("/store/messages").text
        assert "You: It left" not in sign_in(people.mara).get("/storefront/account/messages").text
        assert f"/store/messages/{talk.id}" not in sign_in(people.mara).get("/storefront/account/messages").text


def test_no_more_are_kept_than_a_few_thousand(sign_in, people, monkeypatch):
    monkeypatch.setattr("webapp.memory.MOST", 2)
    for number in range(5):
        start(people.olga, people.mara_row, f"Parcel {number}")
    page = sign_in(people.olga).get("/store/messages").text

    assert all(f"Parcel {number}" in page for number in range(5))
    assert memory.number <= 2
    assert sum(map(len, memory.values.values())) <= 2
