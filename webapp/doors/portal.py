"""The three portals: where each begins, whose it is, and the cookie that signs in to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from webapp.accounts.models import Side
from webapp.config import Config


@dataclass(frozen=True, slots=True)
class Portal:
    """One of the three doors for people. ``name`` is also the name of its blueprint."""

    name: str
    side: Side
    title: str
    messages: str
    """The path of the inbox; pages and pieces of conversations lie below it."""
    home: str
    """The path to which signing in leads when no page was asked for."""
    may_start: bool

    @property
    def prefix(self) -> str:
        return f"/{self.name}"

    @property
    def store_cookie(self) -> str:
        """The name of the cookie that remembers which store's customer signed in last; it signs nobody in."""
        return f"{self.cookie}_store"

    @property
    def cookie(self) -> str:
        """The name of the session cookie; ``__Host-`` binds it to this host when we are reached by https."""
        return f"__Host-parley_{self.name}" if config().is_secure else f"parley_{self.name}"


ADMIN = Portal("admin", Side.ADMIN, "Marketplace Admin", "/admin/messages", "/admin/messages", may_start=True)
STORE = Portal("store", Side.STORE, "Store", "/store/messages", "/store/messages", may_start=True)
STOREFRONT = Portal(
    "storefront",
    Side.CUSTOMER,
    "Storefront",
    "/storefront/account/messages",
    "/storefront/account",
    may_start=False,
)
PORTALS = {portal.name: portal for portal in (ADMIN, STORE, STOREFRONT)}


API = "/api/v1"
"""Below it programs find the portals again, by the same names."""


def is_for_programs(path: str) -> bool:
    """Tell whether a path is below the one of the APIs: whatever is answered there is for a program."""
    return path == "/api" or path.startswith("/api/")


def portal_of(path: str) -> Portal | None:
    """Return the portal of a path, by a whole segment of it: ``/storefront`` begins with ``/store``."""
    inner = path.removeprefix(API)
    return PORTALS.get(inner.split("/", 2)[1]) if inner.startswith("/") else None


def config() -> Config:
    """The settings of the running application."""
    found: Config = current_app.extensions["parley"]
    return found
