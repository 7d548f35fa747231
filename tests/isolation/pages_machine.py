"""What only pages have, added to the machine: drafts, polls, streams, and the places that need no id."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.guards.routes import MISSING
from tests.isolation.machine import EVERYBODY, IsolationMachine
from tests.isolation.model import Person
from tests.isolation.pages_driver import PagesDriver


class PagesMachine(IsolationMachine):
    """The machine at a door where people also type without sending, and pages ask by themselves."""

    driver: PagesDriver

    @initialize()
    def begin(self) -> None:
        """Let somebody of every side have read, and typed into, what others see too."""
        super().begin()
        for who in ("ada", "olga", "mara"):
            for thread in self.model.seen_by(self.person(who)):
                self.read(who, self.model.threads.index(thread), None)
                self.typed(who, self.model.threads.index(thread))

    @rule(who=st.sampled_from(EVERYBODY), which=st.integers(0, 50))
    def typed(self, who: str, which: int) -> None:
        """Type into a conversation: only the one who typed is shown it, in the list and in the composer."""
        person, thread = self.person(who), self.thread(which)
        text = self.model.secret(lambda reader: reader.key == who)
        answer = self.driver.keep_draft(person, thread.id, text)
        if self.expect(answer, who, self.allowed(who, thread)) == 200:
            shown = self.driver.show(person, thread.id).answer
            if text not in shown.raw:
                self.report(f"{who} is not shown the own draft in {thread.id}")

    def sweep(self, person: Person) -> None:
        """Ask also for what needs no id, and as an open page does."""
        super().sweep(person)
        for place, answer in self.driver.places(person):
            if leaked := self.model.leaked(person, answer.raw):
                self.report(f"{person} was shown {leaked} at {place}")
        missing = self.driver.news(person, MISSING)
        for thread in self.model.threads:
            answer = self.driver.news(person, thread.id)
            self.same(person, f"thread-{thread.id}" in answer.raw, self.model.sees(person, thread))
            if not self.model.sees(person, thread):
                self.same(person, answer.masked, missing.masked)
        for other in self.model.people.values():
            is_team = person.side != "customer" and (person.side, person.store) == (other.side, other.store)
            if other is not person and not is_team and other.is_active:
                heard = set(self.driver.channels(person)) & set(self.driver.channels(other))
                self.same(person, heard, {"everybody"})
