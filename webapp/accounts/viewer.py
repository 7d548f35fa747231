"""Viewer: the person who asks, made once per request from their session and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.accounts.models import MemberRole, Side


@dataclass(frozen=True, slots=True)
class StoreRef:
    """The tenant in which somebody acts."""

    id: int
    code: str
    name: str
    accent: str = field(default="", compare=False)
    """The colour of its storefront; empty for the usual one."""


class OnASide:
    """Somebody whose side is known: asks in words which it is."""

    __slots__ = ()
    side: Side

    @property
    def is_admin(self) -> bool:
        return self.side is Side.ADMIN

    @property
    def is_store(self) -> bool:
        return self.side is Side.STORE

    @property
    def is_customer(self) -> bool:
        return self.side is Side.CUSTOMER


@dataclass(frozen=True, slots=True)
class Viewer(OnASide):
    """Who is asking: side, id and, for store and customer, the store. Every access rule starts here."""

    side: Side
    id: int
    name: str
    email: str
    timezone: str = "UTC"
    locale: str = "en"
    store: StoreRef | None = None
    role: MemberRole | None = None
    """What a store user may do in the store they act in."""
    preferences: Mapping[str, str] = field(default_factory=dict, compare=False)
    """How they want to see the pages, as it is kept: see ``accounts.preferences``."""

    def __post_init__(self) -> None:
        if (self.store is None) != (self.side is Side.ADMIN):
            raise ValueError("an admin acts in no store, everybody else in exactly one")

    @property
    def store_id(self) -> int | None:
        return self.store.id if self.store else None

    @property
    def tenant_id(self) -> int:
        """The store that bounds what this viewer may see; admins have none and must not ask."""
        if self.store is None:
            raise LookupError("an admin has no tenant")
        return self.store.id
