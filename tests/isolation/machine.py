"""Anything anybody may do, in any order, through a door: nobody is shown a secret of others, and counts are right."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests import backends
from tests.factories import change_settings
from tests.isolation.marketplace import CUSTOMERS, Marketplace
from tests.isolation.model import Model, Person, Thread
from tests.isolation.watching import Watching

KEYS = ("6f1f6f0e-0000-4000-8000-000000000001", "6f1f6f0e-0000-4000-8000-000000000002")
EVERYBODY = ("ada", "olga", "sam", "tom", "wim at harbor", "wim at tea", "mara", "luis", "nina")


class IsolationMachine(Watching, RuleBasedStateMachine):
    """The rules; ``app`` and ``driver_of`` come from the test."""

    app: Flask
    driver_of: Any

    def __init__(self) -> None:
        super().__init__()
        backends.empty(self.app)
        self.model = Model()
        self.place = Marketplace(self.model)
        self.driver = self.driver_of(self.app, self.place.viewer_of)
        for person in self.model.people.values():
            self.driver.enter(person)
        self.turn, self.kept_cursors, self.used_keys = cycle(EVERYBODY), [], set()

    # -- what people do

    @initialize()
    def begin(self) -> None:
        """Let there be a conversation of every channel, with what another store's and another customer's look like."""
        mara = self.started("olga", "store_customer", "mara", KEYS[0])
        self.started("tom", "store_customer", "nina", KEYS[0])
        tea = self.started("ada", "admin_store", "tea", KEYS[0])
        nina = self.started("ada", "admin_customer", "nina")
        self.started("ada", "admin_customer", "mara")
        for who in ("mara", "olga"):
            self.sent(who, mara, KEYS[0])
        for who, thread in (("mara", mara), ("tom", tea), ("ada", nina)):
            self.sent_file(who, thread)

    @rule(
        start=st.sampled_from(
            [
                *(("olga", "store_customer", one) for one in ("mara", "luis")),
                *(("ada", "admin_customer", one) for one in CUSTOMERS),
                *(("ada", "admin_store", one) for one in ("harbor", "tea")),
            ]
        ),
        key=st.sampled_from([None, *KEYS]),
    )
    def start(self, start: tuple[str, str, str], key: str | None) -> None:
        self.started(*start, key)

    @rule(who=st.sampled_from(EVERYBODY), which=st.integers(0, 50), key=st.sampled_from([None, *KEYS]))
    def send(self, who: str, which: int, key: str | None) -> None:
        self.sent(who, self.thread(which), key)

    @rule(who=st.sampled_from(EVERYBODY), which=st.integers(0, 50), seq=st.none() | st.integers(0, 9))
    def read(self, who: str, which: int, seq: int | None) -> None:
        thread = self.thread(which)
        answer = self.driver.do(self.person(who), "read", thread.id, seq)
        if self.expect(answer, who, self.allowed(who, thread)) == 200 and who in thread.marks:
            up_to = thread.last_seq if seq is None else min(seq, thread.last_seq)
            thread.marks[who] = max(thread.marks[who], up_to)

    @rule(who=st.sampled_from(EVERYBODY), which=st.integers(0, 50), seq=st.integers(1, 9))
    def unread(self, who: str, which: int, seq: int) -> None:
        thread = self.thread(which)
        answer = self.driver.do(self.person(who), "unread", thread.id, seq)
        if self.expect(answer, who, self.allowed(who, thread)) == 200:
            thread.marks[who] = min(seq - 1, thread.marks.get(who, thread.last_seq))

    @rule(who=st.sampled_from(EVERYBODY), which=st.integers(0, 50), verb=st.sampled_from(["watch", "unwatch"]))
    def switch_emails(self, who: str, which: int, verb: str) -> None:
        thread = self.thread(which)
        answer = self.driver.do(self.person(who), verb, thread.id)
        if self.expect(answer, who, self.allowed(who, thread)) == 200 and verb == "watch":
            self.joins(who, thread)

    @rule(who=st.sampled_from(EVERYBODY[:6]), which=st.integers(0, 50), verb=st.sampled_from(["close", "reopen"]))
    def close_or_reopen(self, who: str, which: int, verb: str) -> None:
        thread = self.thread(which)
        answer = self.driver.do(self.person(who), verb, thread.id)
        if self.expect(answer, who, self.allowed(who, thread)) == 200 and thread.is_open is (verb == "close"):
            thread.is_open = not thread.is_open
            thread.add()

    @rule(on=st.booleans())
    def let_customers_see_the_platform(self, on: bool) -> None:
        change_settings(storefront_admin_conversations=on)
        self.model.customers_see_the_platform = on

    @rule(who=st.sampled_from(["sam", "luis"]))
    def deactivate(self, who: str) -> None:
        if self.person(who).is_active:
            self.place.deactivate(who)

    # -- what everybody sees

    @invariant()
    def somebody_looks(self) -> None:
        """One after the other, in turn."""
        self.look(self.person(next(self.turn)))

    def teardown(self) -> None:
        """Switch to and fro, let everybody ask for everything at every route, end some of them, and look once more."""
        if self.is_over or not self.model.threads:
            return
        for on in (not self.model.customers_see_the_platform, self.model.customers_see_the_platform):
            self.let_customers_see_the_platform(on)
            self.everybody_looks()
        for ask in (self.search, self.write_to_strangers, self.sweep):
            for person in self.model.people.values():
                if person.is_active:
                    ask(person)
        for who in ("sam", "luis"):
            self.deactivate(who)
        self.everybody_looks()

    # -- what is expected

    def started(self, who: str, channel: str, to: str, key: str | None = None) -> Thread:
        """Start a conversation, unless the key was used; return the last one there is."""
        person, store = self.person(who), CUSTOMERS.get(to, to)
        thread = Thread(0, channel, store, to if to in CUSTOMERS else None, "")
        words = (self.model.of_thread(thread), self.model.of_thread(thread))
        recipient = self.person(to) if to in CUSTOMERS else self.place.store_id(to)
        answer, number = self.driver.start(person, channel, recipient, words, key)
        refusals = [
            409 if key and self.uses(key, person, 0) else None,
            422 if to in CUSTOMERS and not self.person(to).is_active else None,
        ]
        in_turn = refusals if self.driver.knows_keys_first else refusals[::-1]
        if self.expect(answer, who, next(filter(None, in_turn), 201)) == 201 and number:
            self.used_keys.add((key, *self.identity(who), 0))
            thread.id, thread.subject = number, words[0]
            thread.marks = dict.fromkeys([who, *([to] if to in CUSTOMERS else self.model.members(to))], 0)
            thread.add(who)
            self.model.threads.append(thread)
        return self.model.threads[-1]

    def sent(self, who: str, thread: Thread, key: str | None = None) -> None:
        """Send a message, which a used key, a closed conversation or a stranger's place refuses."""
        used = key and self.uses(key, self.person(who), thread.id)
        answer = self.driver.send(self.person(who), thread.id, self.model.of_thread(thread), key)
        if self.expect(answer, who, self.allowed(who, thread, 409 if used or not thread.is_open else 201)) == 201:
            self.joins(who, thread)
            thread.add(who)
            self.used_keys.add((key, *self.identity(who), thread.id))

    def sent_file(self, who: str, thread: Thread) -> None:
        name, content = self.model.of_thread(thread), self.model.of_thread(thread)
        answer, number = self.driver.send_file(self.person(who), thread.id, f"{name}.txt", content)
        if self.expect(answer, who, 201) == 201 and number:
            self.joins(who, thread)
            thread.add(who)
            thread.files[number] = content

    def thread(self, which: int) -> Thread:
        return self.model.threads[which % len(self.model.threads)]

    def uses(self, key: str, person: Person, number: int) -> bool:
        return (key, person.side, person.id, number) in self.used_keys

    def identity(self, who: str) -> tuple[str, int]:
        return self.person(who).side, self.person(who).id

    def joins(self, who: str, thread: Thread) -> None:
        thread.marks.setdefault(who, thread.last_seq)

    def allowed(self, who: str, thread: Thread, otherwise: int = 200) -> int:
        person = self.person(who)
        return 401 if not person.is_active else otherwise if self.model.sees(person, thread) else 404
