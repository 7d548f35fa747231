"""InboundMail: one mail that came in for a conversation and a participant, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import Side
from webapp.database import Base, Created, words

SENDER_LENGTH, REASON_LENGTH = 320, 300


class InboundState(StrEnum):
    RECEIVED = "received"
    """Kept, and not looked at yet; somebody may hold a claim on it."""
    POSTED = "posted"
    HELD = "held"
    """Not posted, for the reason given; an admin may try again or drop it. Nobody is told by mail."""
    DROPPED = "dropped"
    """Sent by a machine, or dropped by an admin."""


class InboundMail(Base, Created):
    """A mail whose address proved to be ours. The raw mail lies in the storage for thirty days."""

    __tablename__ = "inbound_mails"
    __table_args__ = (
        UniqueConstraint(
            "conversation_id", "participant_type", "participant_id", "digest", name="uq_inbound_mails_once"
        ),
        Index("ix_inbound_mails_state", "state", "created_at"),
        Index("ix_inbound_mails_message_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int]
    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"))
    participant_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of its Message-ID, or of all of it: the same mail counts once."""
    state: Mapped[InboundState] = mapped_column(words(InboundState, "state"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    sender: Mapped[str] = mapped_column(String(SENDER_LENGTH), default="")
    """The address in its From, as it came: hostile."""
    size_bytes: Mapped[int]
    raw_path: Mapped[str | None] = mapped_column(String(200))
    """Where the raw mail lies; null once it was deleted."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    original: Mapped[str] = mapped_column(Text, default="")
    """The whole text as it came, quotes and signature included, for "show original"."""
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
