"""People and the stores they belong to: facts about one row each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.database import Base, Created, words

EMAIL_LENGTH = 254
NAME_LENGTH = 120
CODE_LENGTH = 63


class Side(StrEnum):
    """The side a person stands on; the value of ``participant_type``."""

    ADMIN = "admin"
    STORE = "store"
    CUSTOMER = "customer"


class UserRole(StrEnum):
    ADMIN = "admin"
    STORE = "store"


class MemberRole(StrEnum):
    OWNER = "owner"
    AGENT = "agent"


class Store(Base, Created):
    """A tenant of the marketplace."""

    __tablename__ = "stores"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    is_active: Mapped[bool] = mapped_column(default=True)
    accent: Mapped[str | None] = mapped_column(String(7))
    """The colour of its storefront, like #0b6464: see ``accounts.colours``."""


class User(Base, Created):
    """A person of the platform (role admin) or of one or more stores (role store)."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    """Normalised: see ``accounts.service.normalise_email``."""
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[UserRole] = mapped_column(words(UserRole, "role"))
    is_active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(35), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    preferences: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """How this person wants to see the pages: see ``accounts.preferences``."""


class StoreMember(Base, Created):
    """A user's work for one store."""

    __tablename__ = "store_members"
    __table_args__ = (Index("ix_store_members_user_id", "user_id"),)

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[MemberRole] = mapped_column(words(MemberRole, "role"))
    is_active: Mapped[bool] = mapped_column(default=True)

    user: Mapped[User] = relationship(lazy="raise")
    store: Mapped[Store] = relationship(lazy="raise")


class Customer(Base, Created):
    """A person with an account at one store; the same e-mail at two stores is two customers."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("store_id", "email"),
        UniqueConstraint("id", "store_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    password_hash: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(35), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    preferences: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """How this person wants to see the pages: see ``accounts.preferences``."""

    store: Mapped[Store] = relationship(lazy="raise")


class SignInSession(Base, Created):
    """One signed-in browser at one portal. Deleting the row signs it out."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (customer_id IS NULL)", name="one_person"),
        CheckConstraint("(side = 'customer') = (customer_id IS NOT NULL)", name="customer_side"),
        CheckConstraint("(side = 'admin') = (store_id IS NULL)", name="store_of_side"),
        ForeignKeyConstraint(["customer_id", "store_id"], ["customers.id", "customers.store_id"]),
        ForeignKeyConstraint(["store_id", "user_id"], ["store_members.store_id", "store_members.user_id"]),
        Index("ix_sessions_user_id", "user_id"),
        Index("ix_sessions_customer_id", "customer_id"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the cookie's value; the value itself is never kept."""
    side: Mapped[Side] = mapped_column(words(Side, "side"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column()
    store_id: Mapped[int | None] = mapped_column()
    """The store the person acts in; a store user changes it with the store switcher."""
    address: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(255))
    last_seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When the person last showed who they are; dangerous acts ask for it again after a while."""
    restricted_at: Mapped[datetime | None]
    """Set while the person must set up a second step before anything else."""
    expires_at: Mapped[datetime]


class TokenKind(StrEnum):
    SIGN_IN = "sign_in"
    """Made by a program with a password; ends after hours."""
    LONG_LIVED = "long_lived"
    """Made by a person for a program; ends after months."""


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "messages:read"
    WRITE = "messages:write"


class ApiToken(Base, Created):
    """A program's key to one portal as one person in one store. It ends with its row, its date, or its person."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (customer_id IS NULL)", name="one_person"),
        CheckConstraint("(side = 'customer') = (customer_id IS NOT NULL)", name="customer_side"),
        CheckConstraint("(side = 'admin') = (store_id IS NULL)", name="store_of_side"),
        ForeignKeyConstraint(["customer_id", "store_id"], ["customers.id", "customers.store_id"]),
        ForeignKeyConstraint(["store_id", "user_id"], ["store_members.store_id", "store_members.user_id"]),
        Index("ix_api_tokens_user_id", "user_id"),
        Index("ix_api_tokens_customer_id", "customer_id"),
        Index("ix_api_tokens_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token; the token itself is shown once and never kept."""
    kind: Mapped[TokenKind] = mapped_column(words(TokenKind, "kind"))
    side: Mapped[Side] = mapped_column(words(Side, "side"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None]
    store_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(60))
    scopes: Mapped[str] = mapped_column(String(64))
    """The words of ``Scope``, separated by spaces."""
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """One try at a password, kept so that the limits on guessing survive a restart."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_account_at", "account", "at"),
        Index("ix_sign_in_attempts_address_at", "address", "at"),
        Index("ix_sign_in_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    """SHA-256 of portal, store and e-mail, so that an unknown account is limited like a known one."""
    address: Mapped[str] = mapped_column(String(64))
    succeeded: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
