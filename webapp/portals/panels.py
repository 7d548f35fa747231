"""What the list panel and the thread panel show, whichever view shows them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from webapp.accounts.service import AccountService
from webapp.accounts.viewer import StoreRef
from webapp.attachments.errors import AttachmentError, FilesRefused
from webapp.doors import cursors
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.messaging.errors import KeyReused, MessagingError
from webapp.messaging.queries import ConversationList, Thread, Window
from webapp.messaging.service import MessagingService
from webapp.portals import display
from webapp.portals.addresses import within_portal
from webapp.portals.filters import InboxFilters
from webapp.search import service as search
from webapp.search.service import Hit

messaging = MessagingService()

MOST_AT_ONCE = 200
"""How many new messages an open page takes in one go; the next poll brings the rest."""


AROUND = 50
"""How many messages a link to one of them shows."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the list panel shows."""

    filters: InboxFilters
    page: ConversationList
    hits: Mapping[int, Hit]
    """Why a search shows each row, by conversation."""
    stores: list[StoreRef]
    next_cursor: str
    store_name: str
    """The name of the store that the list is narrowed to."""


def page_of(conversation_id: int) -> str:
    """The address of a conversation's page in this portal."""
    return within_portal("conversation", conversation_id=conversation_id)


def load_inbox(with_stores: bool = True) -> Inbox:
    """Read the list panel for the filters in the address; an admin's page also offers the stores."""
    viewer = current_viewer()
    filters = InboxFilters.of(viewer, request.args)
    narrowed = filters.narrow()
    found = search.list_conversations(viewer, narrowed, filters.position(viewer, narrowed))
    cursor = cursors.make(viewer, narrowed, found.page.next) if found.page.next else ""
    stores = AccountService().active_stores() if viewer.is_admin and (with_stores or filters.store) else []
    store_name = next((store.name for store in stores if str(store.id) == filters.store), "Another store")
    return Inbox(filters, found.page, found.hits, stores, cursor, store_name)


def thread_context(found: Thread, filters: InboxFilters) -> dict[str, Any]:
    """What every piece of a thread needs."""
    row = found.conversation
    shows_first = not found.has_earlier or (found.messages and found.messages[0].seq <= row.last_read_seq + 1)
    unread_after = row.last_read_seq if row.unread_count and shows_first else None
    return {
        "thread": found,
        "conversation": row,
        "filters": filters,
        "entries": list(display.log_entries(found.messages, unread_after=unread_after, marks=_marks(found))),
        "last_shown": found.messages[-1].seq if found.messages else 0,
        "last_known": row.last_seq if found.has_later else found.messages[-1].seq if found.messages else 0,
        "hit": request.args.get("m", type=int),
        **empty_reply(),
        "body": row.draft,
    }


def _marks(found: Thread) -> list[int]:
    """How far each of the other side has read, as far as the viewer may know it."""
    side = current_viewer().side
    return [one.last_read_seq for one in found.participants if one.party.type != side and one.last_read_seq]


def empty_reply() -> dict[str, Any]:
    """What an empty composer needs: a key of its own, so that it can be sent exactly once."""
    return {"client_key": str(uuid.uuid4()), "body": "", "refusal": None, "refused": None}


def entries_after(conversation_id: int, after: int) -> list[display.LogEntry]:
    """Read what came after a message, with that message as the context of the first line."""
    window = Window(after=max(after - 1, 0), limit=MOST_AT_ONCE)
    found, _, _ = queries.message_window(current_viewer(), conversation_id, window)
    known = next((message for message in found if message.seq == after), None)
    newer = [message for message in found if message.seq > after]
    return list(display.log_entries(newer, before=known))


def entries_later(found: Thread, after: int) -> list[display.LogEntry]:
    """The lines of a window that begins with a message the page already shows."""
    known = next((message for message in found.messages if message.seq == after), None)
    newer = [message for message in found.messages if message.seq > after]
    return list(display.log_entries(newer, before=known, marks=_marks(found)))


def window() -> Window:
    """The part of a thread that the address asks for; if it does not say, the first unread one or the newest."""
    before, after, around = (request.args.get(name, type=int) for name in ("before", "after", "m"))
    if around is not None:
        return Window(around=around, limit=AROUND)
    asked = before is not None or after is not None or "latest" in request.args
    return Window(before=before, after=after, at_unread=not asked)


def inbox_page(found: Thread | None = None, **changes: Any) -> str:
    """Show the whole inbox, with a conversation open or none."""
    inbox = load_inbox()
    context = thread_context(found, inbox.filters) if found else {"thread": None, "filters": inbox.filters}
    open_id = found.conversation.id if found else None
    badge = queries.badge(current_viewer())
    return render_template("messaging/inbox.html", inbox=inbox, badge=badge, open_id=open_id, **{**context, **changes})


def refused_reply(conversation_id: int, error: MessagingError | AttachmentError) -> str:
    """Show the thread again, without JavaScript, with the refusal and the text that was typed."""
    found = messaging.get_conversation(current_viewer(), conversation_id)
    refused = error if isinstance(error, FilesRefused) else None
    changes = {"body": request.form.get("body", ""), "refusal": error.message, "refused": refused}
    if not isinstance(error, KeyReused) and request.form.get("client_key"):
        changes["client_key"] = request.form["client_key"]
    return inbox_page(found, **changes)
