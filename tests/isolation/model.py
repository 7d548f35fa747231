"""What the product says about who sees and counts what, in a few lines that share no code with the application."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SECRET = re.compile(r"Q\d{5}Z")
"""The shape of a secret: each stands in one subject, text, file name, name or e-mail."""

SIDES = {
    "admin_store": ("admin", "store"),
    "store_customer": ("store", "customer"),
    "admin_customer": ("admin", "customer"),
}


@dataclass
class Person:
    """Somebody who asks: a user of two stores is two of them."""

    key: str
    side: str
    id: int
    store: str | None
    name: str = ""
    email: str = ""
    is_active: bool = True

    def __str__(self) -> str:
        return self.key


@dataclass
class Thread:
    """A conversation: whose it is, who wrote which number, and up to where those who take part have read."""

    id: int
    channel: str
    store: str
    customer: str | None
    subject: str
    is_open: bool = True
    last_seq: int = 0
    senders: dict[int, str] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """The secret of each file's content by its id."""

    def add(self, key: str | None = None) -> None:
        """Count a message of somebody, or an event of nobody."""
        self.last_seq += 1
        if key:
            self.senders[self.last_seq] = key

    def unread(self, key: str) -> int:
        mark = self.marks.get(key)
        return 0 if mark is None else sum(seq > mark and who != key for seq, who in self.senders.items())


class Model:
    """Everybody, every conversation, and who may know each secret."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.threads: list[Thread] = []
        self.customers_see_the_platform = True
        self._secrets: dict[str, Callable[[Person], bool]] = {}

    def secret(self, known_to: Callable[[Person], bool]) -> str:
        """Make a secret that only these people may ever be shown."""
        made = f"Q{len(self._secrets):05d}Z"
        self._secrets[made] = known_to
        return made

    def of_thread(self, thread: Thread) -> str:
        """Make a secret of a conversation."""
        return self.secret(lambda person: self.sees(person, thread))

    def hidden_from(self, person: Person) -> Iterator[str]:
        """Give the secrets that a person may not be shown."""
        return (secret for secret, known_to in self._secrets.items() if not known_to(person))

    def leaked(self, person: Person | None, raw: str) -> set[str]:
        """Return the secrets in an answer that its reader may not be shown."""
        found = set(SECRET.findall(raw.upper()))  # e-mails are kept in lower case
        return {one for one in found if person is None or not self._secrets[one](person)}

    def sees(self, person: Person, thread: Thread) -> bool:
        """Tell whether a conversation exists for a person."""
        if not person.is_active or person.side not in SIDES[thread.channel]:
            return False
        match person.side:
            case "admin":
                return True
            case "store":
                return person.store == thread.store
        is_hidden = thread.channel == "admin_customer" and not self.customers_see_the_platform
        return person.key == thread.customer and not is_hidden

    def is_same(self, person: Person, other: Person) -> bool:
        """Tell whether two are one: a user of two stores."""
        return (person.side, person.id) == (other.side, other.id)

    def sees_elsewhere(self, person: Person, thread: Thread) -> bool:
        """Tell whether a conversation exists for a person in another store of theirs."""
        return any(self.is_same(person, other) and self.sees(other, thread) for other in self.people.values())

    def seen_by(self, person: Person) -> list[Thread]:
        return [thread for thread in self.threads if self.sees(person, thread)]

    def knows_name(self, person: Person, other: Person) -> bool:
        """Tell whether a person may be shown another's own name; admins stand behind the platform's."""
        if person.side == "admin" or person is other:
            return True
        if person.store != other.store or other.side == "admin":
            return False
        return person.side == "store" or other.side == "store"

    def knows_email(self, person: Person, other: Person) -> bool:
        """Tell whether a person may be shown another's e-mail: their own, and of those whom they may write to."""
        if person is other:
            return True
        if person.side == "admin":
            return other.side != "admin"
        return person.side == "store" and other.side == "customer" and person.store == other.store

    def members(self, store: str) -> list[str]:
        """Return the active users of a store."""
        return [one.key for one in self.people.values() if one.side == "store" and one.store == store and one.is_active]

    def badge(self, person: Person) -> int:
        return sum(thread.unread(person.key) for thread in self.seen_by(person))
