"""The filters of an inbox in its address: read leniently, written canonically, so that every view has one URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from webapp.accounts.viewer import Viewer
from webapp.doors import cursors
from webapp.messaging import access
from webapp.messaging.access import LARGEST_KEY
from webapp.messaging.models import ConversationStatus, ConversationType
from webapp.messaging.queries import ConversationFilters, Position
from webapp.messaging.text import without_control_characters

TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What the address says: words of the interface instead of ids, and the page."""

    scope: str = "mine"
    status: str = "open"
    type: str = ""
    store: str = ""
    unread: bool = False
    q: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, viewer: Viewer, args: MultiDict[str, str]) -> InboxFilters:
        """Read an address; what is not a filter of this viewer is left out, not refused."""
        channels = {channel.value for channel in access.channels(viewer.side)}
        text = args.get("q", "").strip()[:TEXT_LENGTH]
        store_id = args.get("store", type=int, default=0)
        return cls(
            scope="team" if args.get("scope") == "team" and not viewer.is_customer else "mine",
            status=args["status"] if args.get("status") in {"closed", "all"} else "open",
            type=args["type"] if args.get("type") in channels else "",
            store=str(store_id) if viewer.is_admin and 0 < store_id <= LARGEST_KEY else "",
            unread=args.get("unread") == "1",
            q=without_control_characters(text),
            cursor=args.get("cursor", ""),
        )

    def narrow(self) -> ConversationFilters:
        """Return the filters in the domain's terms."""
        return ConversationFilters(
            team=self.scope == "team",
            status=None if self.status == "all" else ConversationStatus(self.status),
            channel=ConversationType(self.type) if self.type else None,
            store_id=int(self.store) if self.store else None,
            unread=self.unread,
            text=self.q,
        )

    def position(self, viewer: Viewer, narrowed: ConversationFilters) -> Position | None:
        """Return where the page begins; a cursor that is not for this list begins at the top."""
        try:
            return cursors.read(viewer, narrowed, self.cursor) if self.cursor else None
        except cursors.InvalidCursor:
            return None

    def query(self, **changes: str | bool) -> str:
        """Return the query string of these filters with some changed, ``?`` included; a change drops the page."""
        return _query(self, tuple(changes.items()))

    @property
    def here(self) -> str:
        """The query string of exactly this page."""
        return self.query(cursor=self.cursor)

    @property
    def active(self) -> list[tuple[str, str]]:
        """What narrows the list beyond its scope, as names and values, each of which can be taken off."""
        default = InboxFilters()
        names = ("status", "type", "store", "unread", "q")
        return [(name, str(value)) for name in names if (value := getattr(self, name)) != getattr(default, name)]

    def without(self, name: str) -> str:
        """Return the query string of these filters without one of them."""
        return self.query(**{name: getattr(InboxFilters(), name)})

    @property
    def is_narrowed(self) -> bool:
        """Whether something other than the scope and the status hides conversations."""
        return bool(self.type or self.store or self.unread or self.q)


@lru_cache(maxsize=1024)
def _query(filters: InboxFilters, changes: tuple[tuple[str, str | bool], ...]) -> str:
    changed = replace(filters, **{"cursor": "", **dict(changes)})  # type: ignore[arg-type]
    default = InboxFilters()
    parts = {
        name: "1" if value is True else str(value)
        for name in ("scope", "status", "type", "store", "unread", "q", "cursor")
        if (value := getattr(changed, name)) != getattr(default, name)
    }
    return "?" + urlencode(parts) if parts else ""
