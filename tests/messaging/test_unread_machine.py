"""Anything people may do, in any order, against a model of a few lines: unread, badge and numbers always agree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from tests import factories
from tests.factories import change_settings, messaging, saving
from tests.messaging.looking import badge, counted_anew, seqs_have_no_gaps, stored_counts
from tests.people import People
from webapp.accounts.models import Side
from webapp.database import now, reading, session, writing
from webapp.messaging import membership
from webapp.messaging.errors import ConversationClosed, NotFound
from webapp.messaging.models import Conversation, ConversationParticipant, Inbox, Message
from webapp.messaging.queries import ConversationFilters
from webapp.settings.models import PlatformSetting

NAMES = ("ada", "ben", "olga", "sam", "tom", "mara", "nina")


class Thread:
    """What the model knows of a conversation: who wrote which number, who takes part with which mark."""

    def __init__(self, conversation, channel, parties):
        self.conversation, self.channel, self.parties = conversation, channel, parties
        self.senders: dict[int, str] = {}
        self.last_seq, self.is_open = 0, True
        self.marks: dict[str, int] = {}

    def unread(self, name):
        mark = self.marks.get(name)
        return 0 if mark is None else sum(seq > mark and who != name for seq, who in self.senders.items())

    def add(self, name=None):
        self.last_seq += 1
        if name:
            self.senders[self.last_seq] = name


class UnreadMachine(RuleBasedStateMachine):
    app = people = None

    def __init__(self):
        super().__init__()
        with self.app.app_context(), writing():
            for table in (Message, ConversationParticipant, Conversation, Inbox, PlatformSetting):
                session.execute(delete(table))
        self.context = self.app.app_context()
        self.context.push()
        self.threads: list[Thread] = []
        self.customers_see_the_platform, self.turn = True, 0

    def teardown(self):
        self.context.pop()

    def viewer(self, name):
        return getattr(self.people, name)

    def shows(self, thread_, name):
        hidden = thread_.channel == "admin_customer" and not self.customers_see_the_platform
        return name in thread_.parties and not (hidden and self.viewer(name).is_customer)

    def started(self, name, to, channel, parties, joined):
        begun = Thread(factories.start(self.viewer(name), to), channel, parties)
        begun.add(name)
        begun.marks = dict.fromkeys({name, *joined}, 0)
        self.threads.append(begun)

    @rule(name=st.sampled_from(["olga", "sam"]))
    def start_with_mara(self, name):
        self.started(name, self.people.mara_row, "store_customer", {"olga", "sam", "mara"}, {"mara"})

    @rule()
    def start_with_nina(self):
        self.started("tom", self.people.nina_row, "store_customer", {"tom", "nina"}, {"nina"})

    @rule(name=st.sampled_from(["ada", "ben"]), whole=st.booleans())
    def start_with_harbor(self, name, whole):
        to = self.people.harbor if whole else (self.people.sam_row, self.people.harbor)
        joined = {"olga", "sam"} if whole else {"sam"}
        self.started(name, to, "admin_store", {"ada", "ben", "olga", "sam"}, joined)

    @rule(name=st.sampled_from(["ada", "ben"]), customer=st.sampled_from(["mara", "nina"]))
    def start_as_the_platform(self, name, customer):
        to = getattr(self.people, f"{customer}_row")
        self.started(name, to, "admin_customer", {"ada", "ben", customer}, {customer})

    @precondition(lambda self: self.threads)
    @rule(data=st.data(), name=st.sampled_from(NAMES), showed=st.none() | st.integers(0, 12))
    def send(self, data, name, showed):
        one = data.draw(st.sampled_from(self.threads))
        act = lambda: factories.send(self.viewer(name), one.conversation, up_to=showed)  # noqa: E731
        if not self.shows(one, name):
            with pytest.raises(NotFound):
                act()
        elif not one.is_open:
            with pytest.raises(ConversationClosed):
                act()
        else:
            act()
            shown = one.last_seq if showed is None else min(showed, one.last_seq)
            if name not in one.marks:
                one.marks[name] = shown
            elif showed is not None and one.unread(name):
                one.marks[name] = max(one.marks[name], shown)
            one.add(name)

    @precondition(lambda self: self.threads)
    @rule(data=st.data(), name=st.sampled_from(NAMES), up_to=st.none() | st.integers(-1, 12))
    def read(self, data, name, up_to):
        one = data.draw(st.sampled_from(self.threads))
        if not self.shows(one, name):
            with pytest.raises(NotFound):
                factories.read(self.viewer(name), one.conversation, up_to)
            return
        factories.read(self.viewer(name), one.conversation, up_to)
        if name in one.marks:
            one.marks[name] = max(one.marks[name], one.last_seq if up_to is None else min(up_to, one.last_seq))

    @precondition(lambda self: self.threads)
    @rule(data=st.data(), name=st.sampled_from(NAMES), seq=st.integers(0, 12))
    def mark_unread(self, data, name, seq):
        one = data.draw(st.sampled_from([t for t in self.threads if self.shows(t, name)] or [None]))
        if one:
            with saving():
                messaging.mark_conversation_unread(self.viewer(name), one.conversation.id, seq)
            one.marks[name] = min(one.marks.get(name, one.last_seq), max(seq - 1, 0))

    @precondition(lambda self: self.threads)
    @rule(data=st.data(), name=st.sampled_from(["ada", "ben", "olga", "sam", "tom"]), opening=st.booleans())
    def close_or_reopen(self, data, name, opening):
        one = data.draw(st.sampled_from(self.threads))
        act = factories.reopen if opening else factories.close
        if not self.shows(one, name):
            with pytest.raises(NotFound):
                act(self.viewer(name), one.conversation)
            return
        act(self.viewer(name), one.conversation)
        if one.is_open is not opening:
            one.is_open = opening
            one.add()

    @precondition(lambda self: self.threads)
    @rule(name=st.sampled_from(["ada", "ben", "olga", "sam"]))
    def leave(self, name):
        """Leave everything, unless somebody would be missing on that side."""
        viewer = self.viewer(name)
        mates = {"ada": "ben", "ben": "ada", "olga": "sam", "sam": "olga"}
        if all(mates[name] in one.marks for one in self.threads if name in one.marks):
            with saving():
                membership.leave(Side(viewer.side), viewer.id, viewer.store_id, now())
            for one in self.threads:
                one.marks.pop(name, None)

    @rule(on=st.booleans())
    def switch(self, on):
        change_settings(storefront_admin_conversations=on)
        self.customers_see_the_platform = on

    @invariant()
    def a_viewer_sees_what_the_model_says(self):
        """One viewer after the other, in turn."""
        self.turn = (self.turn + 1) % len(NAMES)
        name = NAMES[self.turn]
        with reading():
            page = messaging.list_conversations(
                self.viewer(name), ConversationFilters(team=True, status=None), limit=100
            )
        expected = {
            one.conversation.id: (one.unread(name), one.last_seq, one.is_open, name in one.marks)
            for one in self.threads
            if self.shows(one, name)
        }
        assert {
            row.id: (row.unread_count, row.last_seq, row.is_open, row.is_participant) for row in page.rows
        } == expected, name
        assert badge(self.viewer(name)) == sum(unread for unread, *_ in expected.values()), name

    @invariant()
    def the_stored_counts_are_those_of_a_recount_and_no_number_is_missing(self):
        counts, sums = stored_counts()
        assert (counts, sums) == counted_anew(self.customers_see_the_platform)
        for name in NAMES:
            viewer = self.viewer(name)
            unread = [one.unread(name) for one in self.threads if self.shows(one, name)]
            expected = (sum(unread), sum(number > 0 for number in unread))
            assert sums.get((viewer.side, viewer.id, viewer.store_id), (0, 0)) == expected, name
        assert seqs_have_no_gaps()


@pytest.mark.parametrize("stories", [15, pytest.param(60, marks=pytest.mark.slow)])
def test_unread_agrees_with_the_model_whatever_people_do(sqlite_app, stories):
    class Machine(UnreadMachine):
        app, people = sqlite_app, People()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
