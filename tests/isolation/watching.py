"""What everybody sees, held against the model: lists, counts, threads, searches, and every route there is."""

from __future__ import annotations

from itertools import cycle
from typing import NoReturn

from tests.guards.routes import A_UUID, MISSING
from tests.isolation.driving import Answer, Driver
from tests.isolation.marketplace import CUSTOMERS, Marketplace
from tests.isolation.model import Model, Person, Thread


class Leak(AssertionError):
    """Somebody was shown, or could tell, what is none of theirs."""


class Watching:
    """Somebody who looks through a door and raises Leak for what the model does not know."""

    model: Model
    place: Marketplace
    driver: Driver
    kept_cursors: list[tuple[Person, str]]

    leak: type[BaseException] = Leak
    is_over = False

    def report(self, words: str) -> NoReturn:
        """End the story with what was found: nothing more is done or looked at in it."""
        self.is_over = True
        raise self.leak(words)

    def person(self, key: str) -> Person:
        return self.model.people[key]

    def look(self, person: Person) -> None:
        """Compare what a person's lists show and count with the model, and search for what is not theirs."""
        listed = self.driver.list(person, scope="team", status="all", limit="100")
        if not person.is_active:
            self.expect(listed.answer, person.key, 401)
            return
        seen = {thread.id: thread for thread in self.model.seen_by(person)}
        self.expect(listed.answer, person.key, 200)
        shown = {row.id: (row.unread, row.takes_part) for row in listed.rows}
        self.same(person, shown, {n: (one.unread(person.key), person.key in one.marks) for n, one in seen.items()})
        self.same(person, (listed.total, listed.badge), (len(seen), self.model.badge(person)))
        answer, badge = self.driver.badge(person)
        self.expect(answer, person.key, 200)
        self.same(person, badge, self.model.badge(person))
        mine = self.driver.list(person, scope="mine", status="all", limit="1")
        self.expect(mine.answer, person.key, 200)
        self.same(person, mine.total, sum(person.key in one.marks for one in seen.values()))
        for other, cursor in self.kept_cursors:
            if other is not person and self.driver.refuses_cursors:
                self.expect(
                    self.driver.list(person, scope="mine", status="all", limit="1", cursor=cursor).answer,
                    person.key,
                    422,
                )
        self.kept_cursors = [(person, mine.cursor)] if mine.cursor else self.kept_cursors

    def search(self, person: Person) -> None:
        """Search for every secret that is not theirs, ask for the directory and for another's cursor."""
        secrets = list(self.model.hidden_from(person))
        for secret, scope in zip([*secrets[:3], *secrets[-2:]], cycle(("team", "mine")), strict=False):
            found = self.driver.list(person, scope=scope, status="all", q=secret)
            self.same(person, (found.rows, found.total), ((), 0))
        for name in self.place.stores:
            listed = self.driver.list(person, scope="team", status="all", store=self.place.store_id(name))
            self.expect(listed.answer, person.key, 200)
            every = not self.driver.narrows_to_stores(person)
            self.same(person, listed.total, sum(every or one.store == name for one in self.model.seen_by(person)))
        if person.side != "customer":
            self.expect(self.driver.directory(person), person.key, 200)
        for answer in self.driver.elsewhere(person):
            self.expect(answer, person.key, 401)
        cursor = self.driver.list(person, scope="team", status="all", limit="1").cursor
        if cursor and self.driver.refuses_cursors:
            other = self.driver.list(person, scope="team", status="open", limit="1", cursor=cursor)
            self.expect(other.answer, person.key, 422)

    def everybody_looks(self) -> None:
        for person in self.model.people.values():
            self.look(person)

    def write_to_strangers(self, person: Person) -> None:
        """Start with every customer of another store: each is refused like one who does not exist."""
        words = ("A subject", "A text")
        for other, store in CUSTOMERS.items():
            if person.side == "store" and person.store != store:
                answer, _ = self.driver.start(person, "store_customer", self.person(other), words, None)
                self.expect(answer, person.key, 422)

    def sweep(self, person: Person) -> None:
        routes = self.driver.routes(person)
        missing: dict[str, Answer] = {}
        own = next((one.id for one in self.model.seen_by(person)), MISSING)
        for thread in self.model.threads:
            files = list(thread.files) or [A_UUID]
            sees = self.model.sees(person, thread)
            if sees:
                self.open(person, thread)
            for route in routes:
                for file in files if route.of_file else files[:1]:
                    if sees:
                        if route.of_file and thread.files and not route.changes and "preview" not in route.name:
                            self.expect(route.ask(person, thread.id, file), person.key, 200)
                        continue
                    if self.driver.names_other_stores and self.model.sees_elsewhere(person, thread):
                        self.expect(route.ask(person, thread.id, file), person.key, 404)
                        continue
                    expected = missing.setdefault(route.name, route.ask(person, MISSING, A_UUID))
                    self.indistinguishable(person, route.name, route.ask(person, thread.id, file), expected, file)
                    if route.of_file and thread.files:
                        self.indistinguishable(person, route.name, route.ask(person, own, file), expected, file)

    def open(self, person: Person, thread: Thread) -> None:
        shown = self.driver.show(person, thread.id)
        self.expect(shown.answer, person.key, 200)
        self.same(person, shown.seqs, tuple(range(1, thread.last_seq + 1)))
        self.same(person, set(shown.files), set(thread.files))
        if person.side == "customer":
            self.same(person, shown.marks_of_others, ())
        if person.side != "admin":
            self.same(person, shown.admin_ids, ())

    def expect(self, answer: Answer, who: str, status: int) -> int:
        """Raise Leak for a secret of others or another status, and return the status."""
        reader = self.person(who)
        if leaked := self.model.leaked(reader if reader.is_active else None, answer.raw):
            self.report(f"{who} was shown {leaked}: {answer.raw[:600]}")
        if answer.status != status:
            self.report(f"{who} got {answer.status} and not {status}: {answer.raw[:600]}")
        return status

    def same(self, person: Person, found: object, expected: object) -> None:
        if found != expected:
            self.report(f"{person} is shown {found} and not {expected}")

    def indistinguishable(self, person: Person, route: str, answer: Answer, missing: Answer, file: str) -> None:
        """Raise Leak unless the answer is the one for what does not exist, but for the ids in its path."""
        masked = answer.masked
        for number in {thread.id for thread in self.model.threads}:
            masked = masked.replace(f"/messages/{number}/", "/messages/ID/")
        if masked.replace(file, A_UUID) != missing.masked or answer.status != 404:
            self.report(f"{person} can tell at {route}: {answer.masked[:400]} from {missing.masked[:400]}")
        self.expect(answer, person.key, 404)
