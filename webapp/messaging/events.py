"""What happened, as values: verbs publish, others listen, and messaging imports none of them.

``in_transaction`` listeners run at once, so that what must not be lost is written with the message; ``after_commit``
listeners hear of it when it is true. A rollback drops what was published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.orm import Session

from webapp.accounts.models import Side
from webapp.database import session

_PENDING = "parley_events"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a conversation, by somebody."""

    conversation_id: int
    store_id: int
    by_side: Side
    by_id: int


@dataclass(frozen=True, slots=True)
class ConversationStarted(Event):
    pass


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    message_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationWasClosed(Event):
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationWasReopened(Event):
    seq: int


Listener = Callable[[Event], None]
_in_transaction: list[Listener] = []
_after_commit: list[Listener] = []


def in_transaction(listener: Listener) -> Listener:
    """Call the listener while the change is being written; what it raises undoes the change."""
    _in_transaction.append(listener)
    return listener


def after_commit(listener: Listener) -> Listener:
    """Call the listener once the change is committed."""
    _after_commit.append(listener)
    return listener


def publish(happened: Event) -> None:
    """Tell the listeners of this transaction now and the others after the commit."""
    for listener in _in_transaction:
        listener(happened)
    session.info.setdefault(_PENDING, []).append(happened)


@event.listens_for(Session, "after_commit")
def _deliver(committed: Session) -> None:
    for happened in committed.info.pop(_PENDING, ()):
        for listener in _after_commit:
            listener(happened)


@event.listens_for(Session, "after_rollback")
def _drop(rolled_back: Session) -> None:
    rolled_back.info.pop(_PENDING, None)
