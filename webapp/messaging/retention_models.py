"""LegalHold: what is kept whatever the retention says, because a court or an authority may ask for it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.database import Base, Created

REASON_LENGTH = 200


class LegalHold(Base, Created):
    """One conversation, or without one all of a store, from which nothing is deleted."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        ForeignKeyConstraint(["conversation_id", "store_id"], ["conversations.id", "conversations.store_id"]),
        UniqueConstraint("store_id", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    conversation_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    placed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
