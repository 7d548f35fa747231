"""The people of the machine, each with a secret in name and e-mail, in the database and in the model."""

from __future__ import annotations

from tests import factories
from tests.factories import AGENT, make_admin, make_customer, make_member, make_store, make_store_user, viewer_of
from tests.isolation.model import Model, Person
from webapp.accounts.models import Customer, Store, User
from webapp.accounts.viewer import Viewer

USERS = {"olga": "harbor", "sam": "harbor", "tom": "tea"}
CUSTOMERS = {"mara": "harbor", "luis": "harbor", "nina": "tea"}


class Marketplace:
    """Ada of the platform, two stores with users and customers, and Wim, who works for both."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.viewers: dict[str, Viewer] = {}
        self.accounts: dict[str, User | Customer] = {}
        self.stores = {name: make_store(name, f"{name} {self._of_store(name)}") for name in ("harbor", "tea")}
        self._add("ada", "admin", None)
        for name, store in CUSTOMERS.items():
            self._add(name, "customer", store)
        for name, store in USERS.items():
            self._add(name, "store", store)
        self._add("wim at harbor", "store", "harbor")
        wim = self.accounts["wim at harbor"]
        make_member(self.stores["tea"], wim)
        self._enter("wim at tea", "store", "tea", wim)

    def _add(self, key: str, side: str, store: str | None) -> None:
        at = self.stores.get(store or "")
        name, email = f"{key} {self._of_person(key, 'name')}", f"{self._of_person(key, 'email').lower()}@x.example"
        if side == "admin":
            account: User | Customer = make_admin(name, email)
        elif side == "customer":
            account = make_customer(at, name, email)
        else:
            account = make_store_user(at, name, AGENT, email)
        self._enter(key, side, store, account)

    def _enter(self, key: str, side: str, store: str | None, account: User | Customer) -> None:
        self.accounts[key], self.viewers[key] = account, viewer_of(account, self.stores.get(store or ""))
        self.model.people[key] = Person(key, side, account.id, store, account.name, account.email)

    def viewer_of(self, person: Person) -> Viewer:
        return self.viewers[person.key]

    def store_id(self, name: str) -> str:
        row: Store = self.stores[name]
        return str(row.id)

    def deactivate(self, key: str) -> None:
        """Deactivate somebody who takes part nowhere as the last of their side."""
        factories.deactivate(self.accounts[key])
        self.model.people[key].is_active = False
        for thread in self.model.threads:
            if self.model.people[key].side == "store":
                thread.marks.pop(key, None)

    def _of_store(self, name: str) -> str:
        def known_to(person: Person) -> bool:
            selves = (one for one in self.model.people.values() if self.model.is_same(person, one))
            return person.side == "admin" or any(one.store == name for one in selves)

        return self.model.secret(known_to)

    def _of_person(self, key: str, what: str) -> str:
        knows = getattr(self.model, f"knows_{what}")
        same = {"wim at harbor", "wim at tea"}

        def known_to(person: Person) -> bool:
            others = same if key in same else {key}
            return any(knows(person, self.model.people[other]) for other in others if other in self.model.people)

        return self.model.secret(known_to)
