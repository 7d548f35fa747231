"""The Message-ID of a mail: the same at every try, one for each recipient, and nothing that anybody could guess."""

from __future__ import annotations

from email.utils import make_msgid, parseaddr

from webapp.notifications import office
from webapp.notifications.preferences import Person


def of(message_id: int, person: Person) -> str:
    """Return the Message-ID of the mail to a person whose first message this is."""
    return _made("m", f"{message_id}", person)


def of_digest(message_id: int, person: Person) -> str:
    """Return the Message-ID of the digest to a person whose first message this is."""
    return _made("d", f"{message_id}", person)


def of_talk(conversation_id: int, person: Person) -> str:
    """Return the id that all mails of a conversation to a person answer to, so that they fold into one thread."""
    return _made("c", f"{conversation_id}", person)


def of_test() -> str:
    """Return the Message-ID of a mail that only tries the settings."""
    return make_msgid(domain=domain())


def domain() -> str:
    """Return the domain in which the ids are ours: that of the sender in the environment, which seldom changes."""
    return parseaddr(office.current().sender)[1].rpartition("@")[2]


def _made(letter: str, number: str, person: Person) -> str:
    proof = office.current().signer.proof("message-id", f"{letter}{number}/{person[0].value}{person[1]}")
    return f"<{letter}{number}.{proof}@{domain()}>"
