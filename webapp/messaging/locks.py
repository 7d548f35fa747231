"""Locking inboxes before their sums change: always in the order of ids, so that two writers never wait in a circle."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, session
from webapp.messaging import access, asking
from webapp.messaging.asking import Anybody, AnyConversation
from webapp.messaging.models import Conversation, ConversationParticipant, Inbox
from webapp.prepared import read


def lock_inboxes(condition: ColumnElement[bool]) -> None:
    """Keep others from changing the inboxes until the transaction ends.

    Always in the order of ids, and all that a verb needs in one go: two senders with common readers would wait for
    each other. It is a statement of its own: what is summed must be read after the wait. SQLite has one writer.
    """
    if is_postgresql():
        session.execute(_locking(condition))


def lock_inboxes_of(conversation: Conversation) -> None:
    """Lock the inboxes of everybody who takes part in the conversation: see ``lock_inboxes``."""
    if is_postgresql():
        read(_locking_those_of_a_conversation(), asking.parameters_of(conversation))


def are_locked() -> ColumnElement[bool]:
    """The condition that locks the inboxes of ``AnyConversation`` and is then true, in what does not sum them."""
    locked = _locking_those_of_a_conversation().cte("locked").prefix_with("MATERIALIZED")
    return select(func.count()).select_from(locked).scalar_subquery() >= 0


def lock_inbox_of(viewer: Viewer) -> None:
    """Lock the viewer's own inbox: see ``lock_inboxes``."""
    if is_postgresql():
        read(_locking_that_of_a_viewer(viewer.side), asking.as_parameters(viewer))


def inboxes_of(conversation: Conversation | type[AnyConversation]) -> ColumnElement[bool]:
    """The condition that an inbox is that of somebody who takes part in the conversation."""
    row = ConversationParticipant
    return Inbox.id.in_(select(row.inbox_id).where(row.conversation_id == conversation.id, row.inbox_id.is_not(None)))


@cache
def _locking_those_of_a_conversation() -> Select[Any]:
    return _locking(inboxes_of(AnyConversation))


@cache
def _locking_that_of_a_viewer(side: Side) -> Select[Any]:
    return _locking(access.owns_inbox(Anybody(side)))


def _locking(condition: ColumnElement[bool]) -> Select[Any]:
    return select(Inbox.id).where(condition).order_by(Inbox.id).with_for_update()
