"""What somebody wants to send or start, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.attachments.files import StoredFile
from webapp.messaging.models import Conversation, ConversationType, Message
from webapp.messaging.queries.rows import Badge
from webapp.messaging.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send. ``up_to_seq`` is the last message that their page showed.

    ``drafts`` are the earlier states of it that the page gave to be kept: the last of them goes with the message.
    ``digests`` are SHA-256 and name of the files as they were uploaded, ``files`` the same as they are stored.
    """

    content: str
    client_key: str | None = None
    up_to_seq: int | None = None
    drafts: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    files: tuple[StoredFile, ...] = ()
    by_email: bool = False


@dataclass(frozen=True, slots=True)
class NewConversation:
    """What somebody wants to start. ``number`` is the id that was taken to store the files under."""

    conversation_type: ConversationType
    recipient: Recipient
    subject: str
    content: str
    client_key: str | None = None
    digests: tuple[str, ...] = ()
    files: tuple[StoredFile, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is stored; ``repeated`` when it was by an earlier request with the same key."""

    message: Message
    conversation: Conversation
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class ReadMark:
    """Where the viewer stands in one conversation, and their badge."""

    last_read_seq: int
    badge: Badge

    @property
    def unread_count(self) -> int:
        """What the badge says."""
        return self.badge.unread_messages
