"""What programs get, under the names of the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from webapp.accounts.models import Side
from webapp.attachments.models import ScanState
from webapp.messaging.models import PREVIEW_LENGTH, ConversationStatus, ConversationType, MessageKind


class Outgoing(BaseModel):
    """What a program gets."""

    model_config = ConfigDict(frozen=True)


class StoreResponse(Outgoing):
    """A store: the tenant of a conversation."""

    id: int
    code: str
    name: str


class PartyResponse(Outgoing):
    """Somebody, under the name that the viewer may see. Admins have no id for the other sides."""

    type: Side
    id: int | None
    name: str


class ParticipantResponse(PartyResponse):
    """Somebody who takes part in a conversation."""

    last_read_seq: int | None = Field(description="Up to which message they have read; null for others to a customer.")


class AttachmentResponse(Outgoing):
    """A file of a message."""

    id: UUID
    filename: str
    size_bytes: int
    mime_type: str
    is_image: bool
    width: int | None = Field(description="Of an image, in pixels, as it is shown.")
    height: int | None
    scan_state: ScanState
    download_url: str = Field(description="Path of the file; it needs the same token.")
    preview_url: str | None = Field(description="Path of a re-encoded image; null for other files.")


class MessageResponse(Outgoing):
    """A message, or an event of its conversation."""

    id: int
    conversation_id: int
    seq: int = Field(description="The message's number within its conversation, from 1, without gaps.")
    sender: PartyResponse
    is_own: bool
    content: str = Field(description="Plain text; of an event its word, `closed` or `reopened`.")
    kind: MessageKind
    created_at: datetime
    attachments: list[AttachmentResponse]


class ConversationSummary(Outgoing):
    """A conversation as a list shows it."""

    id: int
    conversation_type: ConversationType
    subject: str
    status: ConversationStatus
    closed_at: datetime | None
    created_at: datetime
    last_message_at: datetime
    last_message_preview: str = Field(max_length=PREVIEW_LENGTH)
    message_count: int
    unread_count: int = Field(description="Messages by others that you have not read; 0 when you take no part.")
    is_participant: bool
    other_party: PartyResponse
    store: StoreResponse
    email_notifications: bool


class ConversationDetailResponse(ConversationSummary):
    """A conversation with its people and a window of its messages."""

    participants: list[ParticipantResponse]
    messages: list[MessageResponse] = Field(description="In ascending order of `seq`.")
    has_earlier: bool
    has_later: bool


class MatchResponse(Outgoing):
    """The newest message of a conversation in which `q` was found."""

    conversation_id: int
    seq: int
    text: str = Field(description="The part of the message, or the names of its files, in which something was found.")
    highlights: list[tuple[int, int]] = Field(description="Where in `text` it stands: first character, first after it.")


class ConversationListResponse(Outgoing):
    """A page of the inbox, newest first."""

    conversations: list[ConversationSummary]
    matches: list[MatchResponse] = Field(description="With `q`, one for each conversation of the page; else empty.")
    next_cursor: str | None = Field(description="Give it as `cursor`, with the same filters, for the next page.")
    total: int = Field(
        description="How many conversations the filters match, counted up to 1,000. Of a search that more than 1,000"
        " messages match it says only how many are on this page."
    )
    total_is_capped: bool = Field(description="Whether there are, or may be, more than `total`.")
    total_unread: int = Field(description="Your unread messages, whatever the filters.")


class UnreadCountResponse(Outgoing):
    """The badge."""

    unread_count: int


class ReadMarkResponse(Outgoing):
    """Where you stand in a conversation, and your badge."""

    unread_count: int = Field(description="Your unread messages in all conversations.")
    last_read_seq: int


class PreferencesResponse(Outgoing):
    """Your own preferences for a conversation."""

    email_notifications: bool


class RecipientResponse(Outgoing):
    """Somebody you may write to; a whole store has no id and no e-mail."""

    type: Literal[Side.STORE, Side.CUSTOMER]
    id: int | None
    name: str
    email: str | None
    store: StoreResponse


class RecipientListResponse(Outgoing):
    """A page of the directory: whole stores, then their users, then customers, each by name."""

    recipients: list[RecipientResponse]
    next_cursor: str | None


class TokenResponse(Outgoing):
    """A token; it cannot be shown again."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a kind of token, not a token
    expires_at: datetime


class FieldError(Outgoing):
    """What is wrong with one field."""

    field: str = Field(description="The field's name, such as `recipient.id` or `files[0]`; empty for the whole body.")
    code: str
    message: str


class Problem(Outgoing):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="The kind of problem: a page about it, or `about:blank` for what the status says.")
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None
