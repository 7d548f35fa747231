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
from webapp.messaging.models import Conversation, ConversationType

_PENDING = "parley_events"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a conversation, by somebody."""

    conversation_id: int
    store_id: int
    channel: ConversationType
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
class MessageTakenAway(Event):
    """The text of a message, or a file of it, is gone: whatever was made of it must go too."""

    message_id: int
    seq: int
    is_whole: bool
    """Whether all of it is gone, and not only a file."""


@dataclass(frozen=True, slots=True)
class ConversationWasClosed(Event):
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationWasReopened(Event):
    seq: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose inbox: a person, and but for admins the store they act in."""

    side: Side
    id: int
    store_id: int | None


@dataclass(frozen=True, slots=True)
class InboxesChanged:
    """The sums or the version of these inboxes changed; nothing to keep, only to show."""

    conversation_id: int | None
    """The conversation that changed with them; None when only a sum did."""
    owners: tuple[Owner, ...]


@dataclass(frozen=True, slots=True)
class MarkMoved:
    """Somebody's read mark moved; nothing to keep, only to show."""

    conversation_id: int
    store_id: int
    channel: ConversationType


Change = InboxesChanged | MarkMoved
Listener = Callable[[Event], None]
_in_transaction: list[Listener] = []
_after_commit: list[Callable[[Event | Change], None]] = []


def in_transaction(listener: Listener) -> Listener:
    """Call the listener while the change is being written; what it raises undoes the change."""
    if listener not in _in_transaction:
        _in_transaction.append(listener)
    return listener


def after_commit(listener: Callable[[Event | Change], None]) -> Callable[[Event | Change], None]:
    """Call the listener once the change is committed; it hears of changes that need only be shown, too."""
    _after_commit.append(listener)
    return listener


def about(conversation: Conversation) -> tuple[int, int, ConversationType]:
    """Return what every event says of its conversation."""
    return conversation.id, conversation.store_id, conversation.conversation_type


def publish(happened: Event) -> None:
    """Tell the listeners of this transaction now and the others after the commit."""
    for listener in _in_transaction:
        listener(happened)
    session.info.setdefault(_PENDING, []).append(happened)


def changed(what: Change) -> None:
    """Tell the listeners after the commit of something that pages should show anew, and no one needs to keep."""
    session.info.setdefault(_PENDING, []).append(what)


@event.listens_for(Session, "after_commit")
def _deliver(committed: Session) -> None:
    for happened in committed.info.pop(_PENDING, ()):
        for listener in _after_commit:
            listener(happened)


@event.listens_for(Session, "after_rollback")
def _drop(rolled_back: Session) -> None:
    rolled_back.info.pop(_PENDING, None)
