"""MessageAttachment: one file of a message; its bytes lie in the storage, never in the database."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, Created, words

FILENAME_LENGTH = 120
PATH_LENGTH = 120
NOTE_LENGTH = 120


class ScanState(StrEnum):
    """What the virus scanner said; ``unscanned`` when there is none."""

    UNSCANNED = "unscanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    ERROR = "error"


class MessageAttachment(Base, Created):
    """One file of one message. Written with its message or not at all, and only after the file is safe in the storage.

    The key to the message names its conversation and store too, so that a file of another tenant is impossible.
    """

    __tablename__ = "message_attachments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["message_id", "conversation_id", "store_id"],
            ["messages.id", "messages.conversation_id", "messages.store_id"],
            name="fk_message_attachments_message",
        ),
        CheckConstraint("size_bytes > 0", name="not_empty"),
        CheckConstraint("is_image = (width IS NOT NULL AND height IS NOT NULL)", name="size_of_image"),
        Index("ix_message_attachments_message", "message_id"),
        Index("ix_message_attachments_store", "store_id", "size_bytes"),
        Index(
            "ix_message_attachments_pending",
            "id",
            postgresql_where=text("scan_state = 'pending'"),
            sqlite_where=text("scan_state = 'pending'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    """A UUIDv7: shown in addresses, and in the order in which the files were attached."""
    message_id: Mapped[int]
    conversation_id: Mapped[int]
    store_id: Mapped[int]
    filename: Mapped[str] = mapped_column(String(FILENAME_LENGTH))
    """The name that people see; the stored one is the id."""
    extension: Mapped[str] = mapped_column(String(8))
    mime_type: Mapped[str] = mapped_column(String(100))
    """Ours, fixed by the extension; what the sender declared is ignored."""
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_path: Mapped[str] = mapped_column(String(PATH_LENGTH), unique=True)
    is_image: Mapped[bool]
    width: Mapped[int | None]
    height: Mapped[int | None]
    """As shown, with the orientation applied."""
    has_active_content: Mapped[bool] = mapped_column(default=False)
    """Whether a program that opens it may be asked to run or to send something."""
    scan_state: Mapped[ScanState] = mapped_column(words(ScanState, "scan_state"), default=ScanState.UNSCANNED)
    scan_note: Mapped[str | None] = mapped_column(String(NOTE_LENGTH))
    """What was found, or why nothing could be; for the sender and for admins."""
