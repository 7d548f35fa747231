"""Conversations, participants, messages and inboxes: facts about one row each, and what the schema forbids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    column,
    false,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import Side
from webapp.database import Base, Created, Id, words
from webapp.messaging.words import Words

ParticipantType = Side
"""The side of a participant is the side of the person."""

SUBJECT_LENGTH = 200
CONTENT_LENGTH = 10_000
DRAFT_LENGTH = 12_000
PREVIEW_LENGTH = 140
KEY_LENGTH = 36
HASH_LENGTH = 64


class ConversationType(StrEnum):
    """The channel; it never changes."""

    ADMIN_STORE = "admin_store"
    STORE_CUSTOMER = "store_customer"
    ADMIN_CUSTOMER = "admin_customer"


class ConversationStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class MessageKind(StrEnum):
    MESSAGE = "message"
    EVENT = "event"
    """Something that happened; its content is a machine word, never unread for anybody."""


class EventWord(StrEnum):
    CLOSED = "closed"
    REOPENED = "reopened"


class Inbox(Base, Created):
    """One viewer's sums: the badge and the answer to "anything new?" are this row.

    A viewer is an admin, a store user in one store, or a customer. ``version`` grows with every change that the
    viewer's pages should show. The sums hold only what access shows.
    """

    __tablename__ = "inboxes"
    __table_args__ = (
        CheckConstraint("(participant_type = 'admin') = (store_id IS NULL)", name="store_of_side"),
        CheckConstraint("unread_messages >= 0 AND unread_conversations >= 0", name="not_negative"),
        UniqueConstraint("id", "participant_type", "participant_id", name="uq_inboxes_owner"),
        UniqueConstraint("id", "store_id", name="uq_inboxes_tenant"),
        Index(
            "uq_inboxes_admin",
            "participant_type",
            "participant_id",
            unique=True,
            postgresql_where=column("store_id").is_(None),
            sqlite_where=column("store_id").is_(None),
        ),
        Index(
            "uq_inboxes_in_store",
            "participant_type",
            "participant_id",
            "store_id",
            unique=True,
            postgresql_where=column("store_id").is_not(None),
            sqlite_where=column("store_id").is_not(None),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"))
    participant_id: Mapped[int]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    unread_messages: Mapped[int] = mapped_column(default=0)
    unread_conversations: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)


class Conversation(Base, Created):
    """A thread with a subject, in one channel and one tenant, both for good."""

    __tablename__ = "conversations"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "store_id"], ["customers.id", "customers.store_id"]),
        CheckConstraint(
            "(conversation_type = 'admin_store') = (customer_id IS NULL)",
            name="customer_of_channel",
        ),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at_of_status"),
        CheckConstraint("message_count <= last_seq", name="count_within_seq"),
        UniqueConstraint("id", "store_id"),
        UniqueConstraint("store_id", "external_id"),
        UniqueConstraint(
            "created_by_type",
            "created_by_id",
            "client_key",
            name="uq_conversations_client_key",
        ),
        Index(
            "ix_conversations_store_list",
            "store_id",
            "status",
            column("last_message_at").desc(),
            column("id").desc(),
            "conversation_type",
        ),
        Index(
            "ix_conversations_channel_inbox",
            "conversation_type",
            "status",
            column("last_message_at").desc(),
            column("id").desc(),
        ),
        Index("ix_conversations_customer", "customer_id", "store_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    conversation_type: Mapped[ConversationType] = mapped_column(words(ConversationType, "conversation_type"))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    status: Mapped[ConversationStatus] = mapped_column(words(ConversationStatus, "status"))
    closed_at: Mapped[datetime | None]
    closed_by_type: Mapped[Side | None] = mapped_column(words(Side, "closed_by_type"))
    closed_by_id: Mapped[int | None]
    created_by_type: Mapped[Side] = mapped_column(words(Side, "created_by_type"))
    created_by_id: Mapped[int]
    client_key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))
    request_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH))
    customer_id: Mapped[int | None]
    external_id: Mapped[str | None] = mapped_column(String(200))
    """Its name in the system it was imported from."""
    last_seq: Mapped[int] = mapped_column(default=0)
    message_count: Mapped[int] = mapped_column(default=0)
    """Messages without the events."""
    last_message_at: Mapped[datetime]
    last_message_preview: Mapped[str] = mapped_column(String(PREVIEW_LENGTH))
    last_sender_type: Mapped[Side] = mapped_column(words(Side, "last_sender_type"))
    last_sender_id: Mapped[int]

    @property
    def is_open(self) -> bool:
        return self.status is ConversationStatus.OPEN


class ConversationNumber(Base):
    """The last id that ``numbers`` gave away, in one row; SQLite only."""

    __tablename__ = "conversation_numbers"

    last: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ConversationParticipant(Base):
    """A person in a conversation, with a read mark, an unread count and an e-mail preference of their own.

    ``status``, ``conversation_type`` and ``last_message_at`` are copies, so that an inbox is one range of an index.
    """

    __tablename__ = "conversation_participants"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
        ),
        ForeignKeyConstraint(
            ["inbox_id", "participant_type", "participant_id"],
            ["inboxes.id", "inboxes.participant_type", "inboxes.participant_id"],
            name="fk_conversation_participants_inbox_owner",
        ),
        ForeignKeyConstraint(
            ["inbox_id", "inbox_store_id"],
            ["inboxes.id", "inboxes.store_id"],
            name="fk_conversation_participants_inbox_tenant",
        ),
        CheckConstraint("(left_at IS NULL) = (inbox_id IS NOT NULL)", name="inbox_while_here"),
        CheckConstraint("unread_count >= 0 AND last_read_seq >= 0", name="not_negative"),
        Index(
            "ix_conversation_participants_list",
            "inbox_id",
            "status",
            column("last_message_at").desc(),
            column("conversation_id").desc(),
            "conversation_type",
            "store_id",
        ),
        Index(
            "ix_conversation_participants_unread_list",
            "inbox_id",
            column("last_message_at").desc(),
            column("conversation_id").desc(),
            "status",
            "conversation_type",
            "store_id",
            "unread_count",
            postgresql_where=column("unread_count") > 0,
            sqlite_where=column("unread_count") > 0,
        ),
    )

    conversation_id: Mapped[int] = mapped_column(primary_key=True)
    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int]
    inbox_id: Mapped[int | None]
    inbox_store_id: Mapped[int | None] = mapped_column(
        Id,
        Computed(
            "CASE WHEN participant_type = 'admin' THEN NULL ELSE store_id END",
            persisted=True,
        ),
    )
    """The tenant that the inbox must have: the key to it makes an inbox of another store impossible."""
    status: Mapped[ConversationStatus] = mapped_column(words(ConversationStatus, "status"))
    conversation_type: Mapped[ConversationType] = mapped_column(words(ConversationType, "conversation_type"))
    last_message_at: Mapped[datetime]
    unread_count: Mapped[int] = mapped_column(default=0)
    last_read_seq: Mapped[int] = mapped_column(default=0)
    email_notifications: Mapped[bool] = mapped_column(default=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    """Set when a membership ends; takes the row out of its inbox."""


HAS_UNREAD = ConversationParticipant.unread_count > literal_column("0")
"""The condition of the index of unread rows, its number written out: no generic plan uses the index for a parameter."""


class KeptDraft(Base, Created):
    """What a person typed in a conversation and did not send; sending it takes the row away."""

    __tablename__ = "drafts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
        ),
        CheckConstraint("content <> ''", name="not_empty"),
    )

    conversation_id: Mapped[int] = mapped_column(primary_key=True)
    participant_type: Mapped[Side] = mapped_column(words(Side, "participant_type"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class Message(Base, Created):
    """One message or event; ``seq`` numbers them within the conversation from 1, without gaps."""

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
        ),
        CheckConstraint("seq > 0", name="seq_positive"),
        UniqueConstraint("conversation_id", "seq"),
        Index("uq_messages_tenant", "id", "conversation_id", "store_id", unique=True),
        UniqueConstraint(
            "sender_type",
            "sender_id",
            "conversation_id",
            "client_key",
            name="uq_messages_client_key",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int]
    store_id: Mapped[int]
    seq: Mapped[int]
    sender_type: Mapped[Side] = mapped_column(words(Side, "sender_type"))
    sender_id: Mapped[int]
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind, "kind"))
    content: Mapped[str] = mapped_column(Text)
    """Empty when the message is files only."""
    words: Mapped[Sequence[str]] = mapped_column(Words, default=(), server_default=text("''"), deferred=True)
    """What it can be found by; an event has none. The index over it belongs to the migrations: see ``search``."""
    by_email: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it came as an answer by e-mail, whose whole text can be shown."""
    client_key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))
    request_hash: Mapped[str | None] = mapped_column(String(HASH_LENGTH))
