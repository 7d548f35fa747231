"""How what the domain returns is shown to programs."""

from __future__ import annotations

from flask import g

from webapp.accounts.viewer import StoreRef
from webapp.api import schemas
from webapp.doors.portal import API
from webapp.messaging.queries import AttachmentRow, ConversationRow, MessageRow, Party, Thread
from webapp.messaging.recipients import Choice
from webapp.search.service import Hit


def path_of(conversation_id: int) -> str:
    """Return the path of a conversation in this portal's API."""
    return f"{API}{g.portal.prefix}/messages/{conversation_id}"


def summary(row: ConversationRow) -> schemas.ConversationSummary:
    """Show a conversation as a list does."""
    return schemas.ConversationSummary(**_summary(row))


def match(conversation_id: int, hit: Hit) -> schemas.MatchResponse:
    """Show what a search found in a conversation."""
    return schemas.MatchResponse(
        conversation_id=conversation_id, seq=hit.seq, text=hit.snippet.text, highlights=list(hit.snippet.ranges)
    )


def detail(thread: Thread) -> schemas.ConversationDetailResponse:
    """Show a conversation with its people and messages."""
    return schemas.ConversationDetailResponse(
        **_summary(thread.conversation),
        participants=[
            schemas.ParticipantResponse(**_party(one.party), last_read_seq=one.last_read_seq)
            for one in thread.participants
        ],
        messages=[message(row) for row in thread.messages],
        has_earlier=thread.has_earlier,
        has_later=thread.has_later,
    )


def message(row: MessageRow) -> schemas.MessageResponse:
    """Show a message with its files."""
    return schemas.MessageResponse(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        sender=schemas.PartyResponse(**_party(row.sender)),
        is_own=row.is_own,
        content=row.content,
        kind=row.kind,
        created_at=row.created_at,
        attachments=[_attachment(file, row.conversation_id) for file in row.attachments],
    )


def recipient(choice: Choice) -> schemas.RecipientResponse:
    """Show a line of the directory."""
    return schemas.RecipientResponse(
        type=choice.recipient.type,
        id=choice.recipient.id,
        name=choice.name,
        email=choice.email,
        store=_store(choice.store),
    )


def _summary(row: ConversationRow) -> dict[str, object]:
    return {
        "id": row.id,
        "conversation_type": row.conversation_type,
        "subject": row.subject,
        "status": row.status,
        "closed_at": row.closed_at,
        "created_at": row.created_at,
        "last_message_at": row.last_message_at,
        "last_message_preview": row.last_message_preview,
        "message_count": row.message_count,
        "unread_count": row.unread_count,
        "is_participant": row.is_participant,
        "other_party": schemas.PartyResponse(**_party(row.other_party)),
        "store": _store(row.store),
        "email_notifications": row.email_notifications,
    }


def _party(party: Party) -> dict[str, object]:
    return {"type": party.type, "id": party.id, "name": party.name}


def _store(store: StoreRef) -> schemas.StoreResponse:
    return schemas.StoreResponse(id=store.id, code=store.code, name=store.name)


def _attachment(file: AttachmentRow, conversation_id: int) -> schemas.AttachmentResponse:
    path = f"{path_of(conversation_id)}/attachments/{file.id}"
    return schemas.AttachmentResponse(
        id=file.id,
        filename=file.filename,
        size_bytes=file.size_bytes,
        mime_type=file.mime_type,
        is_image=file.is_image,
        width=file.width,
        height=file.height,
        scan_state=file.scan_state,
        download_url=path,
        preview_url=f"{path}/preview" if file.is_image else None,
    )
