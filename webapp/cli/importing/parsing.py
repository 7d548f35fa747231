"""One line of an import: JSON to a conversation with clean texts, or BadLine with the reason."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.accounts.errors import Invalid as InvalidAccount
from webapp.accounts.models import Side
from webapp.accounts.service import clean_name, normalise_email
from webapp.database import now
from webapp.messaging.errors import Invalid
from webapp.messaging.text import clean_content, clean_subject

NO_TEXT = "(no text)"
EXTERNAL_ID_LENGTH = 200
SIDES = {"customer": Side.CUSTOMER, "store": Side.STORE}
CLOCKS_DIFFER_BY = timedelta(minutes=5)
_KINDS: dict[type, str] = {str: "text", list: "a list", dict: "an object"}


class BadLine(Exception):
    """A line that is not imported; the message says why."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: by which side, what, and when if the file tells."""

    side: Side
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ParsedThread:
    """One conversation of the file."""

    external_id: str
    store: str
    subject: str
    customer: tuple[str, str] | None
    """Name and e-mail address."""
    messages: list[Said]
    empty_texts: int


def parse(line: bytes) -> ParsedThread:
    """Return the conversation of a line; raises BadLine when anything in it cannot be imported as it is."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise BadLine(f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadLine("no JSON object")
    try:
        return _thread(found)
    except (Invalid, InvalidAccount) as error:
        raise BadLine(error.message) from error


def _thread(found: dict[str, Any]) -> ParsedThread:
    messages = [_said(number, each) for number, each in enumerate(_field(found, "messages", list), start=1)]
    if not messages:
        raise BadLine("no messages")
    return ParsedThread(
        external_id=_external_id(_field(found, "external_id", str)),
        store=clean_name(_field(found, "store", str)),
        subject=clean_subject(_field(found, "subject", str)),
        customer=_customer(found),
        messages=[said for said, _ in messages],
        empty_texts=sum(is_empty for _, is_empty in messages),
    )


def _field(found: dict[str, Any], name: str, kind: type) -> Any:
    if name not in found:
        raise BadLine(f"{name} is missing")
    if not isinstance(found[name], kind):
        raise BadLine(f"{name} is not {_KINDS[kind]}")
    return found[name]


def _external_id(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= EXTERNAL_ID_LENGTH:
        raise BadLine(f"external_id must have 1 to {EXTERNAL_ID_LENGTH} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise BadLine("external_id has a character that cannot be shown")
    return text


def _customer(found: dict[str, Any]) -> tuple[str, str] | None:
    if found.get("customer") is None:
        return None
    customer = _field(found, "customer", dict)
    email = normalise_email(_field(customer, "email", str))
    name = customer.get("name")
    if name is not None and not isinstance(name, str):
        raise BadLine("the customer's name is not text")
    return clean_name(name or email.split("@", maxsplit=1)[0]), email


def _said(number: int, found: object) -> tuple[Said, bool]:
    """Return one message and whether its text was empty."""
    try:
        if not isinstance(found, dict):
            raise BadLine("is not an object")
        sender = _field(found, "from", str)
        if sender not in SIDES:
            raise BadLine(f"from is {sender[:40]!r}, not customer or store")
        text = _field(found, "text", str)
        is_empty = not text.strip()
        said = Said(SIDES[sender], NO_TEXT if is_empty else clean_content(text), _moment(found.get("at")))
    except (BadLine, Invalid) as error:
        raise BadLine(f"message {number}: {error}") from error
    return said, is_empty


def _moment(text: object) -> datetime | None:
    """Return a given time in UTC; one without a zone is in UTC."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadLine("at is not text")
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(f"at is {text[:40]!r}, no time in ISO 8601") from None
    if moment > now() + CLOCKS_DIFFER_BY:
        raise BadLine(f"at is {text[:40]!r}, in the future")
    return moment
