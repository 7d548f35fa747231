"""Who hears of a change: exactly those who may see it, by ids only, and only once it is committed."""

from __future__ import annotations

import json

import pytest

from tests.factories import change_settings, close, deactivate, messaging, read, reopen, saving, send, start
from webapp import database
from webapp.messaging import access
from webapp.messaging.drafts import Draft
from webapp.realtime import channels
from webapp.realtime.bus import Bus

EVERYBODY = ("ada", "ben", "olga", "sam", "tom", "wim_at_harbor", "wim_at_tea", "mara", "luis", "nina")


class Notes(Bus):
    """A bus that keeps what was said."""

    def __init__(self):
        super().__init__()
        self.said = []

    def publish(self, notices):
        self.said += notices


@pytest.fixture
def notes(app, monkeypatch):
    bus = Notes()
    monkeypatch.setitem(app.extensions, "parley.bus", bus)
    return bus


def heard(notes, viewer, event=None):
    """What a stream of the viewer would say."""
    own = channels.heard_by(viewer, "0" * 64)
    return [hint for channel, hint in notes.said if channel in own and event in {None, hint.event}]


@pytest.fixture
def conversation_in(people):
    def make(channel):
        match channel:
            case "store_customer":
                return start(people.olga, people.mara_row)
            case "admin_customer":
                return start(people.ada, people.mara_row)
        return start(people.ada, people.harbor)

    return make


@pytest.mark.parametrize("channel", ["store_customer", "admin_customer", "admin_store"])
@pytest.mark.parametrize("is_on", [True, False], ids=["shown", "hidden"])
def test_a_change_is_heard_by_exactly_those_who_may_see_it(app, people, notes, conversation_in, channel, is_on):
    change_settings(storefront_admin_conversations=is_on)
    conversation = conversation_in(channel)
    writer = people.olga if channel == "store_customer" else people.ada
    acts = (send, close, reopen)
    with app.app_context():
        may_see = {who for who in EVERYBODY if access.exists(getattr(people, who), conversation.id)}

    for act in acts:
        notes.said.clear()
        act(writer, conversation)
        told = {who for who in EVERYBODY if heard(notes, getattr(people, who), "thread")}
        assert told == may_see
        assert not {who for who in EVERYBODY if heard(notes, getattr(people, who))} - may_see


def test_only_those_whose_inbox_changed_are_told_to_look_at_their_badge(people, notes):
    conversation = start(people.olga, people.mara_row)
    notes.said.clear()
    send(people.mara, conversation)

    assert {who for who in EVERYBODY if heard(notes, getattr(people, who), "badge")} == {"olga", "mara"}
    assert {who for who in EVERYBODY if heard(notes, getattr(people, who), "list")} == {"olga", "sam", "wim_at_harbor"}


def test_what_was_read_is_told_to_my_other_tabs_and_to_both_teams_but_never_to_customers(people, notes):
    conversation = start(people.olga, people.mara_row)
    send(people.mara, conversation)
    notes.said.clear()
    read(people.olga, conversation)

    assert {who for who in EVERYBODY if heard(notes, getattr(people, who), "badge")} == {"olga"}
    assert {who for who in EVERYBODY if heard(notes, getattr(people, who), "read")} == {"olga", "sam", "wim_at_harbor"}
    notes.said.clear()
    send(people.olga, conversation)
    read(people.mara, conversation)
    assert not heard(notes, people.mara, "read")
    assert heard(notes, people.sam, "read")


def test_a_hint_holds_ids_and_nothing_of_what_was_written(people, notes):
    conversation = start(people.olga, people.mara_row, "Secret parcel", "Secret text")
    send(people.mara, conversation, "Secret text")
    close(people.olga, conversation)

    assert len(notes.said) > 8
    for _, hint in notes.said:
        assert set(json.loads(hint.data)) <= {"id"}, hint
        assert "Secret" not in str(hint)


def test_nothing_is_told_before_the_commit_or_after_a_rollback(app, people, notes):
    conversation = start(people.olga, people.mara_row)
    notes.said.clear()

    def send_and_fail():
        with saving():
            messaging.send_message(people.mara, conversation.id, Draft("Lost"))
            assert not notes.said
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send_and_fail()
    with app.app_context(), database.writing():
        pass

    assert not notes.said


def test_a_switch_for_everybody_is_one_word_to_everybody(people, notes, monkeypatch):
    monkeypatch.setattr("webapp.realtime.bus.MOST_OWNERS", 1)
    for customer in (people.mara_row, people.luis_row):
        start(people.ada, customer)
    notes.said.clear()
    change_settings(storefront_admin_conversations=False)

    assert [(notice.channel, notice.hint.event) for notice in notes.said] == [(channels.EVERYBODY, "news")]


def test_somebody_who_was_deactivated_is_told_nothing_more_of_their_own(people, notes):
    conversation = start(people.ada, people.harbor)
    deactivate(people.sam_row)
    notes.said.clear()
    send(people.ada, conversation)

    told = {notice.channel for notice in notes.said}
    assert channels.of_viewer(people.olga) in told
