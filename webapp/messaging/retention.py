"""What is deleted with time, for each channel, and what is held back from it. For admins and operators only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, false, func, not_, or_, select

from webapp.accounts.models import Store
from webapp.accounts.viewer import Viewer
from webapp.attachments.files import StoredFile
from webapp.attachments.models import MessageAttachment
from webapp.attachments.service import MessageAttachmentService
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import now, session
from webapp.messaging import access, counters, locks
from webapp.messaging.errors import Invalid, NotFound
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
    Inbox,
    KeptDraft,
    Message,
)
from webapp.messaging.moderation_models import MessageRemoval, MessageReport
from webapp.messaging.retention_models import REASON_LENGTH, LegalHold
from webapp.settings.definitions import RETENTIONS
from webapp.settings.service import PlatformSettings

AT_ONCE = 200
"""Conversations of one transaction."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a deletion would take of one channel now."""

    channel: ConversationType
    days: int
    """0: nothing is ever deleted."""
    conversations: int
    messages: int
    files: int
    held: int
    """Conversations that are old enough and held back."""


@dataclass(frozen=True, slots=True)
class Held:
    """A legal hold as its page shows it."""

    id: int
    store: str
    conversation_id: int | None
    subject: str
    reason: str


def preview() -> list[Due]:
    """Count what is due, for each channel. Closed conversations are, in which nothing happened for long enough."""
    return [_due(channel, days) for channel, days in _days().items()]


def delete_some() -> tuple[list[int], list[StoredFile]]:
    """Delete up to 200 conversations that are due, oldest first, with all that hangs on them.

    Returns their ids, none when nothing is due any more, and the files to discard after the commit.
    """
    oldest = select(Conversation.id).where(_is_due()).order_by(Conversation.closed_at, Conversation.id).limit(AT_ONCE)
    locked = select(Conversation.id).where(Conversation.id.in_(list(session.scalars(oldest))), _is_due())
    ids = list(session.scalars(locked.order_by(Conversation.id).with_for_update()))
    if not ids:
        return [], []
    of_row = ConversationParticipant.conversation_id.in_(ids)
    inboxes = set(session.scalars(select(ConversationParticipant.inbox_id).where(of_row)))
    locks.lock_inboxes(Inbox.id.in_(inboxes))
    attachments = session.scalars(select(MessageAttachment.id).where(MessageAttachment.conversation_id.in_(ids))).all()
    gone = [file for one in attachments if (file := MessageAttachmentService().delete_attachment(one))]
    for table in (MessageRemoval, MessageReport, KeptDraft, ConversationParticipant, Message):
        session.execute(delete(table).where(table.conversation_id.in_(ids)))
    session.execute(delete(Conversation).where(Conversation.id.in_(ids)))
    counters.recount_inboxes(Inbox.id.in_(inboxes))
    return ids, gone


def check_typed(typed: str) -> None:
    """Raise Invalid unless what is due was typed: it may have become more since the page was read."""
    words = phrase(sum(one.conversations for one in preview()))
    if typed.strip().lower() != words:
        raise Invalid("typed", "invalid", f"Type “{words}” to confirm")


def phrase(conversations: int) -> str:
    """The words that confirm a deletion."""
    return f"delete {conversations} conversation{'' if conversations == 1 else 's'}"


def holds() -> list[Held]:
    """Return the holds, the newest first."""
    rows = session.execute(
        select(LegalHold, Store.name, Conversation.subject)
        .join(Store, Store.id == LegalHold.store_id)
        .outerjoin(Conversation, Conversation.id == LegalHold.conversation_id)
        .order_by(LegalHold.id.desc())
    )
    return [Held(hold.id, store, hold.conversation_id, subject or "", hold.reason) for hold, store, subject in rows]


def place(viewer: Viewer, what: str, reason: str) -> None:
    """Hold a conversation by its number, or all of a store by its code; raises Invalid, NotFound for all but admins."""
    access.require_admin(viewer)
    what, reason = what.strip(), " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_LENGTH or not reason.isprintable():
        raise Invalid("reason", "invalid", f"Give a reason of 1 to {REASON_LENGTH} characters")
    number = int(what) if what.isascii() and what.isdigit() and len(what) < 19 else None
    if number is not None and 0 < number <= access.LARGEST_KEY:
        store_id = session.scalar(select(Conversation.store_id).where(Conversation.id == number).with_for_update())
    else:
        number = None
        store_id = session.scalar(select(Store.id).where(Store.code == what)) if what.isprintable() else None
    if store_id is None:
        raise Invalid("what", "invalid", "There is no such conversation or store")
    same = LegalHold.conversation_id == number if number else LegalHold.conversation_id.is_(None)
    if session.scalar(select(LegalHold.id).where(LegalHold.store_id == store_id, same)):
        raise Invalid("what", "invalid", "This is held already")
    hold = LegalHold(store_id=store_id, conversation_id=number, reason=reason, placed_by=viewer.id)
    session.add(hold)
    session.flush()
    log.note(viewer, Action.HOLD_PLACED, "legal hold", hold.id, after={"conversation": number, "store": store_id})


def lift(viewer: Viewer, hold_id: int) -> None:
    """End a hold; raises NotFound for one that is not there, and for all but admins."""
    access.require_admin(viewer)
    hold = session.get(LegalHold, hold_id) if 0 < hold_id <= access.LARGEST_KEY else None
    if hold is None:
        raise NotFound("There is no such hold")
    facts = {"conversation": hold.conversation_id, "store": hold.store_id}
    session.delete(hold)
    log.note(viewer, Action.HOLD_LIFTED, "legal hold", hold_id, before=facts)


def is_held() -> ColumnElement[bool]:
    """The condition that a conversation is held: by itself, or with all of its store."""
    whole_store = LegalHold.conversation_id.is_(None)
    by_itself = LegalHold.conversation_id == Conversation.id
    held = select(LegalHold.id).where(LegalHold.store_id == Conversation.store_id, or_(whole_store, by_itself))
    return held.correlate(Conversation).exists()


def require_not_held(conversation: Conversation) -> None:
    """Raise Invalid when nothing may be deleted from the conversation."""
    if session.scalar(select(Conversation.id).where(Conversation.id == conversation.id, is_held())) is not None:
        raise Invalid("message", "held", "Nothing can be deleted from this conversation at present")


def _days() -> dict[ConversationType, int]:
    values = PlatformSettings().all()
    return {channel: int(values[RETENTIONS[channel.value].key]) for channel in ConversationType}


def _is_old(channel: ConversationType, days: int) -> ColumnElement[bool]:
    return and_(
        Conversation.conversation_type == channel,
        Conversation.status == ConversationStatus.CLOSED,
        Conversation.closed_at < now() - timedelta(days=days),
    )


def _is_due() -> ColumnElement[bool]:
    old = [_is_old(channel, days) for channel, days in _days().items() if days]
    return and_(or_(false(), *old), not_(is_held()))


def _due(channel: ConversationType, days: int) -> Due:
    if not days:
        return Due(channel, 0, 0, 0, 0, 0)
    due = _is_old(channel, days) & not_(is_held())
    sums = select(func.count(), func.coalesce(func.sum(Conversation.message_count), 0)).where(due)
    conversations, messages = session.execute(sums).one()
    files = select(func.count()).where(MessageAttachment.conversation_id.in_(select(Conversation.id).where(due)))
    held = select(func.count(Conversation.id)).where(_is_old(channel, days), is_held())
    return Due(channel, days, conversations, int(messages), session.scalar(files) or 0, session.scalar(held) or 0)
