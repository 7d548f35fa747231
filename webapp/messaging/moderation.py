"""Taking messages and files away, reporting them, and keeping people from writing. Each verb takes the viewer first."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select, update

from webapp.accounts.viewer import Viewer
from webapp.attachments.files import StoredFile
from webapp.attachments.models import MessageAttachment
from webapp.audit import log
from webapp.audit.models import Action as Noted
from webapp.database import now, session
from webapp.messaging import access, auditing, counters, events, indexing, locks, retention, single_files
from webapp.messaging.errors import Invalid, NotAllowed, NotFound
from webapp.messaging.models import Conversation, Message, MessageKind
from webapp.messaging.moderation_models import REASON_LENGTH, Block, MessageRemoval, MessageReport
from webapp.messaging.moderation_rights import block_of, is_removed_now, load, rights
from webapp.messaging.text import without_control_characters


def delete_message(viewer: Viewer, conversation_id: int, seq: int) -> list[StoredFile]:
    """Take back what the viewer wrote a short while ago; return the files to discard after the commit.

    Raises NotFound, and NotAllowed for a message of somebody else or one that is too old.
    """
    conversation, message = load(viewer, conversation_id, seq, lock=True)
    if rights(viewer, conversation, message).delete_until is None:
        raise NotAllowed("This message cannot be deleted any more")
    return _take_away(viewer, conversation, message, None)


def remove_message(viewer: Viewer, conversation_id: int, seq: int, reason: str) -> list[StoredFile]:
    """Take away what somebody wrote, and say why; return the files to discard after the commit.

    Raises NotFound, NotAllowed unless the viewer is an admin or an owner of the store, and Invalid without a reason.
    """
    conversation, message = load(viewer, conversation_id, seq, lock=True)
    if not rights(viewer, conversation, message).may_remove:
        raise NotAllowed
    return _take_away(viewer, conversation, message, _reason(reason))


def delete_attachment(viewer: Viewer, conversation_id: int, attachment_id: UUID) -> tuple[int, list[StoredFile]]:
    """Take one file of a message away under the rules of the message; return its seq and what to discard."""
    statement = access.visible_attachments(viewer, access.key(conversation_id), Message.seq)
    seq = session.scalar(statement.where(MessageAttachment.id == attachment_id))
    if seq is None:
        raise NotFound
    conversation, message = load(viewer, conversation_id, seq, lock=True)
    held = rights(viewer, conversation, message)
    if held.delete_until is None and not held.may_remove:
        raise NotAllowed("This file cannot be deleted any more")
    retention.require_not_held(conversation)
    gone = single_files.delete_attachment(attachment_id)
    facts = {"message": seq, "file": str(attachment_id)}
    auditing.note(viewer, Noted.ATTACHMENT_DELETED, conversation, after=facts)
    _tell(viewer, conversation, message, is_whole=False)
    return seq, [gone] if gone else []


def report_message(viewer: Viewer, conversation_id: int, seq: int, reason: str) -> None:
    """Tell the platform of a message, once; raises NotFound, NotAllowed for an own one, and Invalid."""
    conversation, message = load(viewer, conversation_id, seq, lock=True)
    if not rights(viewer, conversation, message).may_report:
        raise NotAllowed
    reason = _reason(reason)
    report = MessageReport(
        message_id=message.id,
        conversation_id=conversation.id,
        store_id=conversation.store_id,
        by_side=viewer.side,
        by_id=viewer.id,
        reason=reason,
        content=message.content,
    )
    session.add(report)
    session.flush()
    facts = {"conversation": conversation.id, "message": seq}
    log.note(viewer, Noted.MESSAGE_REPORTED, "report", report.id, store_id=conversation.store_id, after=facts)


def set_block(viewer: Viewer, conversation_id: int, seq: int, blocked: bool) -> None:
    """Keep the sender of a message from writing in this channel of the store, or let them again."""
    conversation, message = load(viewer, conversation_id, seq, lock=True)
    if not rights(viewer, conversation, message).may_block:
        raise NotAllowed
    session.execute(delete(Block).where(*block_of(conversation, message.sender_type, message.sender_id)))
    if blocked:
        session.add(
            Block(
                store_id=conversation.store_id,
                channel=conversation.conversation_type,
                blocked_side=message.sender_type,
                blocked_id=message.sender_id,
                by_side=viewer.side,
                by_id=viewer.id,
            )
        )
        session.flush()
    facts = {"side": message.sender_type.value, "id": message.sender_id, "blocked": blocked}
    auditing.note(viewer, Noted.BLOCK_CHANGED, conversation, after=facts)


def settle_report(viewer: Viewer, report_id: int, reason: str | None) -> list[StoredFile]:
    """Settle a report as an admin: with a reason the message is taken away, also where the platform is no party.

    Returns the files to discard after the commit; raises NotFound for a report that is settled or was never made.
    """
    access.require_admin(viewer)
    reason = None if reason is None else _reason(reason)
    statement = select(MessageReport).where(
        MessageReport.id == access.key(report_id), MessageReport.settled_at.is_(None)
    )
    report = session.scalar(statement.with_for_update())
    if report is None:
        raise NotFound
    conversation = session.get_one(Conversation, report.conversation_id, with_for_update=True)
    session.execute(
        update(MessageReport)
        .where(MessageReport.message_id == report.message_id, MessageReport.settled_at.is_(None))
        .values(settled_at=now(), settled_by=viewer.id)
    )
    auditing.note(viewer, Noted.REPORT_SETTLED, conversation, after={"report": report.id, "removed": bool(reason)})
    message = session.get_one(Message, report.message_id)
    if reason is None or is_removed_now(message):
        return []
    return _take_away(viewer, conversation, message, reason)


def _take_away(viewer: Viewer, conversation: Conversation, message: Message, reason: str | None) -> list[StoredFile]:
    retention.require_not_held(conversation)
    ids = session.scalars(select(MessageAttachment.id).where(MessageAttachment.message_id == message.id)).all()
    session.execute(update(Message).where(Message.id == message.id).values(content=""))
    gone = [file for file in map(single_files.delete_attachment, ids) if file]
    if not ids:
        _show_preview_anew(conversation, message)
    indexing.write(indexing.read([message.id]))
    session.add(
        MessageRemoval(
            message_id=message.id,
            conversation_id=conversation.id,
            store_id=conversation.store_id,
            by_side=viewer.side,
            by_id=viewer.id,
            reason=reason,
        )
    )
    session.flush()
    action = Noted.MESSAGE_DELETED if reason is None else Noted.MESSAGE_REMOVED
    auditing.note(viewer, action, conversation, after={"message": message.seq, "files": len(gone)})
    _tell(viewer, conversation, message, is_whole=True)
    return gone


def _show_preview_anew(conversation: Conversation, message: Message) -> None:
    newer = select(Message.id).where(
        Message.conversation_id == conversation.id, Message.kind == MessageKind.MESSAGE, Message.seq > message.seq
    )
    session.execute(
        update(Conversation).where(Conversation.id == conversation.id, ~newer.exists()).values(last_message_preview="")
    )


def _tell(viewer: Viewer, conversation: Conversation, message: Message, *, is_whole: bool) -> None:
    locks.lock_inboxes_of(conversation)
    counters.copy_status(conversation)
    about = events.about(conversation)
    events.publish(events.MessageTakenAway(*about, viewer.side, viewer.id, message.id, message.seq, is_whole))


def _reason(text: str) -> str:
    reason = " ".join(without_control_characters(text, but="\t\n\r").split())
    if not 1 <= len(reason) <= REASON_LENGTH:
        raise Invalid("reason", "invalid", f"Give a reason of 1 to {REASON_LENGTH} characters")
    return reason
