"""The outbox, the mails that come of it, and how somebody wants them: facts about one row each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, column
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import Side
from webapp.database import Base, Created, words

MESSAGE_ID_LENGTH = 255


class MailKind(StrEnum):
    NEW_MESSAGE = "new_message"
    DIGEST = "digest"


class MailState(StrEnum):
    PENDING = "pending"
    """To be sent, now or after a wait; somebody may hold a claim on it."""
    SENT = "sent"
    SKIPPED = "skipped"
    """Nothing was left to say when its turn came: read meanwhile, or not wanted any more."""
    DEAD = "dead"
    """Given up: an admin sees it and may try again."""
    DROPPED = "dropped"
    """Given up by an admin."""


class Frequency(StrEnum):
    """When somebody wants to hear of new messages."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"
    NONE = "none"


class Mail(Base, Created):
    """One e-mail to one person, about the outbox rows that point to it.

    A worker claims it for two minutes: whoever's claim has run out has lost it. ``tries`` counts the claims.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("(kind = 'new_message') = (conversation_id IS NOT NULL)", name="conversation_of_kind"),
        Index("ix_mails_due", "state", "due_at"),
        Index("ix_mails_person", "participant_type", "participant_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind] = mapped_column(words(MailKind, "kind"))
    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"))
    participant_id: Mapped[int]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    """The tenant in which the person acts; null for admins."""
    conversation_id: Mapped[int | None]
    message_id: Mapped[str] = mapped_column(String(MESSAGE_ID_LENGTH), unique=True)
    """The header, the same at every try: a mail that arrives twice is recognised."""
    state: Mapped[MailState] = mapped_column(words(MailState, "state"), default=MailState.PENDING)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    """Why the last try failed, in the words of whoever refused."""
    sent_at: Mapped[datetime | None]


class OutboxEntry(Base, Created):
    """One recipient of one message, written in the transaction of the message; waits for the mail it goes into."""

    __tablename__ = "outbox"
    __table_args__ = (
        ForeignKeyConstraint(
            ["message_id", "conversation_id", "store_id"],
            ["messages.id", "messages.conversation_id", "messages.store_id"],
            name="fk_outbox_message",
            ondelete="CASCADE",
        ),
        Index(
            "ix_outbox_waiting",
            "waits_until",
            "created_at",
            postgresql_where=column("mail_id").is_(None),
            sqlite_where=column("mail_id").is_(None),
        ),
        Index(
            "ix_outbox_person",
            "participant_type",
            "participant_id",
            postgresql_where=column("mail_id").is_(None),
            sqlite_where=column("mail_id").is_(None),
        ),
        Index("ix_outbox_mail_id", "mail_id"),
    )

    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[int]
    store_id: Mapped[int]
    seq: Mapped[int]
    waits_until: Mapped[datetime | None]
    """Not before then: the person's quiet hours, or their next digest. Null: until others had time to follow."""
    for_digest: Mapped[bool] = mapped_column(default=False)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mails.id"))


class EmailPreference(Base, Created):
    """How one person wants to be told; without a row at once and at any hour."""

    __tablename__ = "email_preferences"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours_whole"),
        CheckConstraint(
            "quiet_from IS NULL OR (quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23)", name="quiet_hours"
        ),
    )

    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    frequency: Mapped[Frequency] = mapped_column(words(Frequency, "frequency"))
    quiet_from: Mapped[int | None]
    """The hour, in the person's zone, from which nothing is sent; ``quiet_until`` is the hour in which it may again."""
    quiet_until: Mapped[int | None]
