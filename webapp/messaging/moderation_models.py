"""Messages that were taken away, reported, and people who may not write: facts about one row each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import Side
from webapp.database import Base, Created, words
from webapp.messaging.models import ConversationType

REASON_LENGTH = 500
_OF_MESSAGE = ["messages.id", "messages.conversation_id", "messages.store_id"]


class MessageRemoval(Base, Created):
    """A message whose text and files are gone; its place in the thread stays. Without a reason its author did it."""

    __tablename__ = "message_removals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["message_id", "conversation_id", "store_id"], _OF_MESSAGE, name="fk_message_removals_message"
        ),
    )

    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[int]
    store_id: Mapped[int]
    by_side: Mapped[Side] = mapped_column(words(Side, "by_side"))
    by_id: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))


class MessageReport(Base, Created):
    """A message that somebody told the platform about, with the text it had: the platform may not see its thread."""

    __tablename__ = "message_reports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["message_id", "conversation_id", "store_id"], _OF_MESSAGE, name="fk_message_reports_message"
        ),
        UniqueConstraint("message_id", "by_side", "by_id"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
        Index("ix_message_reports_settled_at", "settled_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int]
    conversation_id: Mapped[int]
    store_id: Mapped[int]
    by_side: Mapped[Side] = mapped_column(words(Side, "by_side"))
    by_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    content: Mapped[str] = mapped_column(Text)
    """The text as it was reported."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Block(Base, Created):
    """Somebody who may not write in a channel of a store, until the side that blocked them lets them again."""

    __tablename__ = "blocks"
    __table_args__ = (UniqueConstraint("store_id", "channel", "blocked_side", "blocked_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    channel: Mapped[ConversationType] = mapped_column(words(ConversationType, "channel"))
    blocked_side: Mapped[Side] = mapped_column(words(Side, "blocked_side"))
    blocked_id: Mapped[int]
    by_side: Mapped[Side] = mapped_column(words(Side, "by_side"))
    by_id: Mapped[int]
