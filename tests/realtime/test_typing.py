"""Who writes: told to those who may see the conversation, under the name that each of them may know."""

from __future__ import annotations

import json

import pytest

from tests.factories import change_settings, close, start
from tests.portals.fixtures import inbox_of
from tests.realtime.test_audience import EVERYBODY, heard, notes

__all__ = ["notes"]


@pytest.fixture
def app(sqlite_app):
    return sqlite_app


def write(sign_in, viewer, conversation):
    browser = sign_in(viewer)
    browser.get(inbox_of(viewer))
    data = {"csrf_token": browser.csrf_token()}
    return browser.post(f"{inbox_of(viewer)}/{conversation.id}/typing", data=data)


def shown_to(sign_in, people, notes, who, conversation):
    """What the page of somebody shows when it hears of it."""
    viewer = getattr(people, who)
    (hint,) = heard(notes, viewer, "typing")
    sign = json.loads(hint.data)["who"]
    response = sign_in(viewer).get(f"{inbox_of(viewer)}/{conversation.id}/_/typing?who={sign}", htmx=True)
    return response.text.strip() if response.status_code == 200 else response.status_code


@pytest.mark.parametrize(
    ("writer", "to", "seen"),
    [
        ("olga", "mara", {"sam": "Olga Owner", "mara": "Olga Owner"}),
        ("ada", "mara", {"ben": "Ada Admin", "mara": "Platform support"}),
        ("ada", "harbor", {"ben": "Ada Admin", "sam": "Platform support"}),
    ],
)
def test_each_reader_sees_the_name_they_may_know(sign_in, people, notes, writer, to, seen):
    viewer = getattr(people, writer)
    conversation = start(viewer, getattr(people, "mara_row" if to == "mara" else to))
    notes.said.clear()

    assert write(sign_in, viewer, conversation).status_code == 204
    for who, name in seen.items():
        assert shown_to(sign_in, people, notes, who, conversation) == f"<bdi>{name}</bdi> is replying…"
    assert shown_to(sign_in, people, notes, writer, conversation) == 204


def test_a_customer_who_writes_is_seen_by_the_store_only(sign_in, people, notes):
    conversation = start(people.olga, people.mara_row)
    notes.said.clear()
    write(sign_in, people.mara, conversation)

    assert {who for who in EVERYBODY if heard(notes, getattr(people, who))} == {"olga", "sam", "wim_at_harbor", "mara"}
    assert shown_to(sign_in, people, notes, "olga", conversation) == "<bdi>Mara Lind</bdi> is replying…"


def test_the_others_are_not_told_who_of_the_platform_it_is(sign_in, people, notes):
    conversation = start(people.ada, people.harbor)
    signs = []
    for admin in (people.ada, people.ben):
        notes.said.clear()
        write(sign_in, admin, conversation)
        signs.append([hint.data for hint in heard(notes, people.olga, "typing")])

    assert signs[0] == signs[1]


def test_a_customer_from_whom_the_platform_is_hidden_hears_nothing(sign_in, people, notes):
    conversation = start(people.ada, people.mara_row)
    change_settings(storefront_admin_conversations=False)
    notes.said.clear()
    write(sign_in, people.ada, conversation)

    assert not heard(notes, people.mara)
    assert heard(notes, people.ben, "typing")


def test_nobody_writes_in_a_closed_conversation_or_in_a_foreign_one(sign_in, people, notes):
    conversation = start(people.olga, people.mara_row)
    close(people.olga, conversation)
    notes.said.clear()

    assert write(sign_in, people.mara, conversation).status_code == 204
    assert write(sign_in, people.tom, conversation).status_code == 404
    assert write(sign_in, people.luis, conversation).status_code == 404
    assert not notes.said


def test_a_sign_of_another_conversation_or_none_of_ours_shows_no_name(sign_in, people, notes):
    one, other = start(people.olga, people.mara_row), start(people.olga, people.mara_row)
    notes.said.clear()
    write(sign_in, people.olga, one)
    sign = json.loads(heard(notes, people.mara, "typing")[0].data)["who"]
    browser = sign_in(people.mara)

    for who in (sign, sign[:-1], "", "WzEsInN0b3JlIiwxXQ.x", "\x00"):
        address = f"{inbox_of(people.mara)}/{other.id}/_/typing"
        assert browser.get(address, query_string={"who": who}, htmx=True).status_code == 204


def test_who_writes_too_fast_is_slowed_down(sign_in, people, notes):
    conversation = start(people.olga, people.mara_row)
    browser = sign_in(people.olga)
    browser.get(inbox_of(people.olga))
    data = {"csrf_token": browser.csrf_token()}
    answers = [browser.post(f"/store/messages/{conversation.id}/typing", data=data).status_code for _ in range(42)]

    assert answers == [204] * 40 + [429] * 2
