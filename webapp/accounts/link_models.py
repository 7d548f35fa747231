"""AccountLink: a secret that was sent by mail, and AccountLetter: the mail in which it goes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import EMAIL_LENGTH, NAME_LENGTH, MemberRole
from webapp.database import Base, Created, words


class LinkKind(StrEnum):
    RESET = "reset"
    INVITATION = "invitation"


class AccountLink(Base, Created):
    """A secret that was sent by mail; using it takes the row away."""

    __tablename__ = "account_links"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'reset') = ((user_id IS NOT NULL) OR (customer_id IS NOT NULL))", name="account_of_reset"
        ),
        CheckConstraint("(kind = 'invitation') = (email IS NOT NULL)", name="email_of_invitation"),
        CheckConstraint("(role IS NULL) = (store_id IS NULL)", name="role_in_a_store"),
        Index("ix_account_links_expires_at", "expires_at"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(words(LinkKind, "kind"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    """Who is invited."""
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    """Where somebody is invited to work; null: to the platform."""
    role: Mapped[MemberRole | None] = mapped_column(words(MemberRole, "role"))
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]


class AccountLetter(Base, Created):
    """A mail about an account that is to be sent; the row goes when the mail has left, or was given up."""

    __tablename__ = "account_letters"
    __table_args__ = (Index("ix_account_letters_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    sealed: Mapped[str] = mapped_column(String(4000))
    """What the mail says, encrypted: it holds a secret that nobody should read here."""
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
