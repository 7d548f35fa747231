"""AuditEntry: one thing that somebody did, and the words for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, Created


class Action(StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password
    PASSWORD_RESET = "password_reset"  # noqa: S105 - no password
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    JOINED = "joined"
    SECOND_STEP_ON = "second_step_on"
    SECOND_STEP_OFF = "second_step_off"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    TOKEN_CREATED = "token_created"  # noqa: S105 - no token
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - no token
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_ACTIVATED = "account_activated"
    STORE_CREATED = "store_created"
    MEMBER_CHANGED = "member_changed"
    SETTING_CHANGED = "setting_changed"
    CONVERSATION_CLOSED = "conversation_closed"
    CONVERSATION_REOPENED = "conversation_reopened"
    MESSAGE_DELETED = "message_deleted"
    MESSAGE_REMOVED = "message_removed"
    MESSAGE_REPORTED = "message_reported"
    REPORT_SETTLED = "report_settled"
    BLOCK_CHANGED = "block_changed"
    ATTACHMENT_DELETED = "attachment_deleted"
    MAIL_RETRIED = "mail_retried"
    MAIL_DROPPED = "mail_dropped"
    STOREFRONT_CHANGED = "storefront_changed"
    REFUSED = "refused"
    FILE_INFECTED = "file_infected"
    DATA_EXPORTED = "data_exported"
    DATA_ERASED = "data_erased"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    RETENTION_APPLIED = "retention_applied"
    AUDIT_EXPORTED = "audit_exported"


class AuditEntry(Base, Created):
    """One thing that was done. Triggers refuse every change, and a deletion before the retention has passed.

    It names people and objects by their ids, so that a person's erasure needs no change here.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        CheckConstraint("(actor_side IS NULL) = (actor_id IS NULL)", name="whole_actor"),
        Index("ix_audit_log_action", "action", "id"),
        Index("ix_audit_log_actor", "actor_side", "actor_id", "id"),
        Index("ix_audit_log_store", "store_id", "id"),
        Index("ix_audit_log_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(40))
    """A word of ``Action``; no CHECK, so that a new word needs no migration of a table that nobody may rewrite."""
    actor_side: Mapped[str | None] = mapped_column(String(16))
    """The side of the person; null for the command line, and for somebody who could not say who they are."""
    actor_id: Mapped[int | None]
    store_id: Mapped[int | None]
    """The tenant it concerns, if it concerns one."""
    is_private: Mapped[bool] = mapped_column(default=False)
    """Whether it concerns what the platform is no party to: then only the store may read of it."""
    object_type: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    """The network address it came from; empty for the command line."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
