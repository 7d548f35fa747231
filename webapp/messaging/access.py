"""Who may see, start, answer and close: one table, and the only functions that build queries over visible rows.

Every query begins with a viewer. Loading is the check: a stranger gets NotFound, as for an id that does not exist.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.elements import SQLCoreOperations

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.attachments.models import MessageAttachment
from webapp.messaging.asking import Anybody, AnyConversation, Asking, OneConversation, as_parameters
from webapp.messaging.errors import NotAllowed, NotFound
from webapp.messaging.models import Conversation, ConversationParticipant, ConversationType, Inbox, Message
from webapp.messaging.words import Place
from webapp.prepared import read
from webapp.settings import service as settings
from webapp.settings.definitions import STOREFRONT_ADMIN_CONVERSATIONS

LARGEST_KEY = 2**63 - 1


class Action(StrEnum):
    SEE = "see"
    START = "start"
    SEND = "send"
    CLOSE = "close"
    """Close and reopen."""


_ALL = frozenset(Action)
_ANSWER_AND_CLOSE = frozenset({Action.SEE, Action.SEND, Action.CLOSE})
_ANSWER = frozenset({Action.SEE, Action.SEND})

RULES: dict[tuple[Side, ConversationType], frozenset[Action]] = {
    (Side.ADMIN, ConversationType.ADMIN_STORE): _ALL,
    (Side.ADMIN, ConversationType.ADMIN_CUSTOMER): _ALL,
    (Side.STORE, ConversationType.ADMIN_STORE): _ANSWER_AND_CLOSE,
    (Side.STORE, ConversationType.STORE_CUSTOMER): _ALL,
    (Side.CUSTOMER, ConversationType.STORE_CUSTOMER): _ANSWER,
    (Side.CUSTOMER, ConversationType.ADMIN_CUSTOMER): _ANSWER,
}
"""What is not here does not exist for that side: the platform is no party to store_customer. The customers' part of
the platform's channel holds while the setting is on: see ``_within``.

All of it holds for every row of the side's bounds: an admin's are the platform's channels, a store user's their
store, a customer's their own conversations.
"""


def channels(side: Side, action: Action = Action.SEE) -> tuple[ConversationType, ...]:
    """Return the channels in which the side may do this."""
    return tuple(channel for (who, channel), actions in RULES.items() if who is side and action in actions)


def may(viewer: Viewer, action: Action, channel: ConversationType) -> bool:
    """Tell whether the viewer may do this in a conversation of the channel that they can see."""
    return action in RULES.get((viewer.side, channel), frozenset())


def sides(channel: ConversationType) -> tuple[Side, Side]:
    """Return the two parties of a channel."""
    first, second = channel.value.split("_")
    return Side(first), Side(second)


def place_of(conversation: Conversation) -> Place:
    """Return what of the conversation its messages can be found by."""
    parties = sides(conversation.conversation_type)
    return Place(conversation.id, conversation.store_id, parties, conversation.customer_id)


def channel_between(viewer: Viewer, other: Side) -> ConversationType | None:
    """Return the channel in which the viewer may start a conversation with the other side, if there is one."""
    startable = channels(viewer.side, Action.START)
    return next((channel for channel in startable if set(sides(channel)) == {viewer.side, other}), None)


def visible_conversations(viewer: Asking, *columns: Any) -> Select[Any]:
    """Select from the conversations that the viewer may see; filters can only narrow it."""
    return select(*columns).select_from(Conversation).where(sees(viewer))


def visible_conversation(viewer: Asking, conversation_id: Any, *columns: Any) -> Select[Any]:
    """Select from one conversation, or those of ids that are a part of the statement, if the viewer may see it."""
    seen = sees(viewer, OneConversation)
    return select(*columns).select_from(Conversation).where(Conversation.id == conversation_id, seen)


def sees(viewer: Asking, row: type[Conversation | OneConversation] = Conversation) -> ColumnElement[bool]:
    """The condition under which the viewer may see a row of ``conversations``."""
    condition = _within(viewer, row)
    return and_(condition, Conversation.customer_id == viewer.id) if viewer.is_customer else condition


def visible_messages(viewer: Asking, conversation_id: Any, *columns: Any) -> Select[Any]:
    """Select from the messages of one conversation, if the viewer may see it."""
    return select(*columns).select_from(Message).where(_is_of(Message, viewer, conversation_id))


def visible_attachments(viewer: Asking, conversation_id: Any, *columns: Any) -> Select[Any]:
    """Select from the files of one conversation, if the viewer may see it."""
    return visible_messages(viewer, conversation_id, *columns).join(
        MessageAttachment,
        and_(
            MessageAttachment.message_id == Message.id,
            MessageAttachment.conversation_id == Message.conversation_id,
            MessageAttachment.store_id == Message.store_id,
        ),
    )


def visible_participants(viewer: Asking, conversation_id: Any, *columns: Any) -> Select[Any]:
    """Select from the people in one conversation, if the viewer may see it."""
    of_it = _is_of(ConversationParticipant, viewer, conversation_id)
    return select(*columns).select_from(ConversationParticipant).where(of_it)


def _is_of(row: type[Message | ConversationParticipant], viewer: Asking, conversation_id: Any) -> ColumnElement[bool]:
    """The condition that a row is of a conversation that the viewer may see, which is looked up once for all rows."""
    seen = visible_conversation(viewer, conversation_id, Conversation.id).scalar_subquery()
    of_it = row.conversation_id == seen
    return of_it if viewer.is_admin else and_(of_it, row.store_id == viewer.tenant_id)


def own_participations(viewer: Asking, *columns: Any) -> Select[Any]:
    """Select from the viewer's own rows of ``conversation_participants``: their inbox, as one range of an index."""
    inbox = select(Inbox.id).where(owns_inbox(viewer)).scalar_subquery()
    return (
        select(*columns)
        .select_from(ConversationParticipant)
        .where(ConversationParticipant.inbox_id == inbox, _within(viewer, ConversationParticipant))
    )


def owns_inbox(viewer: Asking) -> ColumnElement[bool]:
    """The condition that a row of ``inboxes`` is the viewer's."""
    return and_(
        Inbox.participant_type == viewer.side,
        Inbox.participant_id == viewer.id,
        Inbox.store_id.is_(None) if viewer.is_admin else Inbox.store_id == viewer.tenant_id,
    )


def is_own_participation(viewer: Asking) -> ColumnElement[bool]:
    """The condition that a row of ``conversation_participants`` is the viewer's own."""
    return and_(
        ConversationParticipant.participant_type == viewer.side,
        ConversationParticipant.participant_id == viewer.id,
    )


def is_hidden(inbox_type: SQLCoreOperations[Side], channel: SQLCoreOperations[ConversationType]) -> ColumnElement[bool]:
    """The condition that the platform's channel is switched off for customers: their counters leave it out."""
    return and_(
        inbox_type == Side.CUSTOMER,
        channel == ConversationType.ADMIN_CUSTOMER,
        ~settings.is_on(STOREFRONT_ADMIN_CONVERSATIONS),
    )


def require(viewer: Viewer, action: Action, conversation_id: int, *, lock: bool = False) -> Conversation:
    """Load a conversation for an action, and with ``lock`` keep others from changing it until the transaction ends.

    Raises NotFound when it does not exist for this viewer, NotAllowed when they may see it but not do this.
    """
    asked = {**as_parameters(viewer), "in_conversation": key(conversation_id)}
    found = read(_one(viewer.side, lock=lock), asked)
    if not found:
        raise NotFound
    conversation = Conversation()  # no session knows it: what changes it says so with a statement
    instance_dict(conversation).update(found[0]._asdict())
    if not may(viewer, action, conversation.conversation_type):
        raise NotAllowed
    return conversation


_COLUMNS = tuple(getattr(Conversation, column.key) for column in Conversation.__mapper__.column_attrs)


@cache
def _one(side: Side, *, lock: bool) -> Select[Any]:
    statement = visible_conversation(Anybody(side), AnyConversation.id, *_COLUMNS)
    return statement.with_for_update(of=Conversation) if lock else statement


def exists(viewer: Viewer, conversation_id: int) -> bool:
    """Tell whether the viewer may see a conversation of this id."""
    if not 0 < conversation_id <= LARGEST_KEY:
        return False
    asked = {**as_parameters(viewer), "in_conversation": conversation_id}
    return bool(read(_whether_one_exists(viewer.side), asked))


@cache
def _whether_one_exists(side: Side) -> Select[Any]:
    return visible_conversation(Anybody(side), AnyConversation.id, Conversation.id)


def require_start(viewer: Viewer, channel: ConversationType) -> None:
    """Raise NotAllowed unless the viewer may start a conversation in the channel."""
    if not may(viewer, Action.START, channel):
        raise NotAllowed("You cannot start a conversation in this channel")


def require_admin(viewer: Viewer) -> None:
    """Raise NotFound for all but admins: what only they may do is not there for others."""
    if not viewer.is_admin:
        raise NotFound


def key(number: int) -> int:
    """Return an id that both databases can look up; raises NotFound for a number that no row can have."""
    if not 0 < number <= LARGEST_KEY:
        raise NotFound
    return number


def _within(viewer: Asking, row: type[Conversation | OneConversation | ConversationParticipant]) -> ColumnElement[bool]:
    """The viewer's bounds: the channels of their side, in their tenant, while the setting lets them."""
    # each channel a parameter of its own: a list of them would be written into the statement at every execution
    seen = [literal(channel, Conversation.conversation_type.type) for channel in channels(viewer.side)]
    bounds: list[ColumnElement[bool]] = [row.conversation_type.in_(seen)]
    if not viewer.is_admin:
        bounds.append(row.store_id == viewer.tenant_id)
    if viewer.is_customer:
        bounds.append(
            or_(
                row.conversation_type != ConversationType.ADMIN_CUSTOMER,
                settings.is_on(STOREFRONT_ADMIN_CONVERSATIONS),
            )
        )
    return and_(*bounds)
