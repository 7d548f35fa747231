"""What a viewer may do with one message: take it back, remove it, report it, block its sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from webapp.accounts.models import MemberRole, Side
from webapp.accounts.viewer import Viewer
from webapp.database import now, session
from webapp.messaging import access
from webapp.messaging.access import Action
from webapp.messaging.errors import NotFound
from webapp.messaging.models import Conversation, Message, MessageKind
from webapp.messaging.moderation_models import Block, MessageRemoval, MessageReport
from webapp.settings.definitions import MESSAGE_DELETE_MINUTES
from webapp.settings.service import PlatformSettings


@dataclass(frozen=True, slots=True)
class Rights:
    """What a viewer may do with one message."""

    delete_until: datetime | None
    """Until when they may take back what they wrote."""
    may_remove: bool
    may_report: bool
    may_block: bool
    is_blocked: bool
    """Whether its sender may not write in this channel now."""
    is_removed: bool
    is_reported: bool
    """Whether this viewer has told the platform of it."""


def rights_of(viewer: Viewer, conversation_id: int, seq: int) -> Rights:
    """Return what the viewer may do with a message; raises NotFound."""
    conversation, message = load(viewer, conversation_id, seq)
    return rights(viewer, conversation, message)


def load(viewer: Viewer, conversation_id: int, seq: int, *, lock: bool = False) -> tuple[Conversation, Message]:
    """Load a message that the viewer may see, with its conversation; raises NotFound."""
    conversation = access.require(viewer, Action.SEE, conversation_id, lock=lock)
    statement = access.visible_messages(viewer, conversation.id, Message)
    message: Message | None = session.scalar(
        statement.where(Message.seq == access.key(seq), Message.kind == MessageKind.MESSAGE),
        execution_options={"populate_existing": True},
    )
    if message is None:
        raise NotFound
    return conversation, message


def rights(viewer: Viewer, conversation: Conversation, message: Message) -> Rights:
    """Return what the viewer may do with a message that was loaded."""
    is_own = (message.sender_type, message.sender_id) == (viewer.side, viewer.id)
    is_removed = is_removed_now(message)
    window = timedelta(minutes=int(PlatformSettings().get(MESSAGE_DELETE_MINUTES)))
    until = message.created_at + window
    reported = select(MessageReport.id).where(
        MessageReport.message_id == message.id, MessageReport.by_side == viewer.side, MessageReport.by_id == viewer.id
    )
    is_reported = session.scalar(reported) is not None
    blocked = select(Block.id).where(*block_of(conversation, message.sender_type, message.sender_id))
    is_owner = viewer.is_store and viewer.role is MemberRole.OWNER and message.sender_type is not Side.ADMIN
    others = message.sender_type not in {viewer.side, Side.ADMIN} and not viewer.is_customer
    return Rights(
        delete_until=until if is_own and not is_removed and until > now() else None,
        may_remove=not is_removed and (viewer.is_admin or is_owner),
        may_report=not is_own and not is_removed and not is_reported and not viewer.is_admin,
        may_block=others,
        is_blocked=others and session.scalar(blocked) is not None,
        is_removed=is_removed,
        is_reported=is_reported,
    )


def is_removed_now(message: Message) -> bool:
    """Tell whether the message was taken away."""
    return session.scalar(select(MessageRemoval.message_id).where(MessageRemoval.message_id == message.id)) is not None


def block_of(conversation: Conversation, side: Side, person: int) -> tuple[ColumnElement[bool], ...]:
    """The condition that a row of ``blocks`` keeps somebody from writing in the conversation."""
    return (
        Block.store_id == conversation.store_id,
        Block.channel == conversation.conversation_type,
        Block.blocked_side == side,
        Block.blocked_id == person,
    )
