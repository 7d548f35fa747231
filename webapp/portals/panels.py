"""What the list panel and the thread panel show, whichever view shows them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for

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
from webapp.portals.filters import InboxFilters

messaging = MessagingService()

MOST_AT_ONCE = 200
"""How many new messages an open page takes in one go; the next poll brings the rest."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the list panel shows."""

    filters: InboxFilters
    page: ConversationList
    stores: list[StoreRef]
    next_cursor: str


def page_of(conversation_id: int) -> str:
    """The address of a conversation's page in this portal."""
    return url_for(f"{g.portal.name}.conversation", conversation_id=conversation_id)


def load_inbox(with_stores: bool = True) -> Inbox:
    """Read the list panel for the filters in the address; an admin's page also offers the stores."""
    viewer = current_viewer()
    filters = InboxFilters.of(viewer, request.args)
    narrowed = filters.narrow()
    found = messaging.list_conversations(viewer, narrowed, filters.position(viewer, narrowed))
    cursor = cursors.make(viewer, narrowed, found.next) if found.next else ""
    stores = AccountService().active_stores() if with_stores and viewer.is_admin else []
    return Inbox(filters, found, stores, cursor)


def thread_context(found: Thread, filters: InboxFilters) -> dict[str, Any]:
    """What every piece of a thread needs."""
    row = found.conversation
    unread_after = row.last_read_seq if row.unread_count else None
    return {
        "thread": found,
        "conversation": row,
        "filters": filters,
        "entries": list(display.log_entries(found.messages, unread_after=unread_after)),
        "last_shown": found.messages[-1].seq if found.messages else 0,
        "last_known": row.last_seq if found.has_later else found.messages[-1].seq if found.messages else 0,
        **empty_reply(),
    }


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


def window() -> Window:
    """The part of a thread that the address asks for: before a message, around one, or the newest."""
    return Window(before=request.args.get("before", type=int), around=request.args.get("m", type=int))


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
