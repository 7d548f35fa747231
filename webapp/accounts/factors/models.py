"""What a person can show beside the password, and a sign-in that waits for it: facts about one row each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.accounts.models import Side
from webapp.database import Base, Created, words

ONE_PERSON = "(user_id IS NULL) <> (customer_id IS NULL)"


class Authenticator(Base, Created):
    """A person's authenticator app; it counts once a code of it was shown."""

    __tablename__ = "authenticators"
    __table_args__ = (
        CheckConstraint(ONE_PERSON, name="one_person"),
        UniqueConstraint("user_id"),
        UniqueConstraint("customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    sealed_secret: Mapped[str] = mapped_column(String(255))
    """Encrypted with a key made of the application's: a copy of the database alone makes no codes."""
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """The 30 seconds of the last code that was accepted: no code is accepted twice."""


class RecoveryCode(Base, Created):
    """A code for the day the app is lost; its row goes with its use."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        CheckConstraint(ONE_PERSON, name="one_person"),
        Index("ix_recovery_codes_user_id", "user_id"),
        Index("ix_recovery_codes_customer_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of 120 random bits."""


class Passkey(Base, Created):
    """A key that a device or a password manager of the person holds; we know its public half only."""

    __tablename__ = "passkeys"
    __table_args__ = (
        CheckConstraint(ONE_PERSON, name="one_person"),
        Index("ix_passkeys_user_id", "user_id"),
        Index("ix_passkeys_customer_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    credential_id: Mapped[str] = mapped_column(String(1366), unique=True)
    """At most 1023 bytes, in base64url."""
    public_key: Mapped[bytes]
    """In COSE's form."""
    sign_count: Mapped[int] = mapped_column(default=0)
    """How often the device says that it signed; many say 0 for ever."""
    name: Mapped[str] = mapped_column(String(60))
    last_used_at: Mapped[datetime | None]


class PasskeyRequest(Base, Created):
    """What a device is asked to sign for a browser: to make a passkey, or to sign in with nothing else."""

    __tablename__ = "passkey_requests"
    __table_args__ = (Index("ix_passkey_requests_expires_at", "expires_at"),)

    browser_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The session of somebody who is signed in, or the hash of a cookie's secret."""
    challenge: Mapped[bytes]
    expires_at: Mapped[datetime]


class SignInChallenge(Base, Created):
    """A sign-in whose password was right and whose second step is yet to come; it lasts ten minutes."""

    __tablename__ = "sign_in_challenges"
    __table_args__ = (
        CheckConstraint(ONE_PERSON, name="one_person"),
        Index("ix_sign_in_challenges_expires_at", "expires_at"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    side: Mapped[Side] = mapped_column(words(Side, "side"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int | None]
    account_key: Mapped[str] = mapped_column(String(64))
    """The account as the limits on guessing know it."""
    attempt_id: Mapped[int]
    """The counted try at the password: it succeeds with the second step only."""
    passkey_challenge: Mapped[bytes | None]
    """What a passkey has to sign to be the second step; null when it began before there were passkeys."""
    expires_at: Mapped[datetime]
