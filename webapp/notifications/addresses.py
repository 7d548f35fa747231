"""Addresses that name a person and a conversation under a proof: to answer by mail, and to end the mails."""

from __future__ import annotations

import re
from dataclasses import dataclass

from webapp.accounts.models import Side
from webapp.notifications import office
from webapp.notifications.preferences import Person

_LETTERS = {Side.ADMIN: "a", Side.STORE: "s", Side.CUSTOMER: "c"}
_SIDES = {letter: side for side, letter in _LETTERS.items()}
_NAMED = re.compile(
    r"(?P<talk>\d{1,18}|digest)-(?P<side>[asc])(?P<person>\d{1,18})-(?P<proof>[a-z2-7]{20})", re.IGNORECASE
)
_UNSUBSCRIBE, _REPLY = "unsubscribe", "reply"


@dataclass(frozen=True, slots=True)
class Named:
    """Who is meant, and in which conversation; in none for a digest."""

    person: Person
    conversation_id: int | None


def unsubscribe(person: Person, conversation_id: int | None) -> str:
    """Return the address at which a person ends the mails about a conversation, or their digests."""
    return office.current().links.unsubscribe(_written(_UNSUBSCRIBE, person, conversation_id))


def to_unsubscribe(token: str) -> Named | None:
    """Return whom such an address means; None unless it is ours."""
    return _read(_UNSUBSCRIBE, token)


def reply_to(person: Person, conversation_id: int) -> str | None:
    """Return the address at which a person answers by mail; None when mails cannot come in."""
    domain = office.current().inbound_domain
    return f"reply+{_written(_REPLY, person, conversation_id)}@{domain}" if domain else None


def to_reply(address: str) -> Named | None:
    """Return whom a reply address means; None unless it is ours. Nothing but the address is looked at."""
    local, _, domain = address.strip().rpartition("@")
    word, _, token = local.partition("+")
    if domain.lower() != office.current().inbound_domain.lower() or word.lower() != "reply":
        return None
    named = _read(_REPLY, token)
    return named if named and named.conversation_id else None


def is_ours(address: str) -> bool:
    """Tell whether mails for an address come to us, whatever a proof in it is worth."""
    domain = office.current().inbound_domain.lower()
    return bool(domain) and address.strip().rpartition("@")[2].lower() == domain


def _written(purpose: str, person: Person, conversation_id: int | None) -> str:
    text = f"{conversation_id or 'digest'}-{_LETTERS[person[0]]}{person[1]}"
    return f"{text}-{office.current().signer.proof(purpose, text)}"


def _read(purpose: str, token: str) -> Named | None:
    found = _NAMED.fullmatch(token)
    if found is None:
        return None
    text = f"{found['talk']}-{found['side']}{found['person']}".lower()
    if not office.current().signer.holds(purpose, text, found["proof"]):
        return None
    talk = found["talk"].lower()
    return Named((_SIDES[found["side"].lower()], int(found["person"])), None if talk == "digest" else int(talk))
