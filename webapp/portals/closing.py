"""Closing and reopening a conversation: the undo that closing offers, and closing to go on with the next one."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from flask import Response, flash, g, request
from werkzeug.datastructures import MultiDict

from webapp.database import writing
from webapp.doors import limits
from webapp.doors.identity import current_viewer
from webapp.messaging.queries import Position
from webapp.portals import htmx
from webapp.portals.filters import InboxFilters
from webapp.portals.panels import entries_after, messaging, page_of, thread_context
from webapp.search import service as search


@limits.changing
def close_conversation(conversation_id: int) -> Response:
    """Close the conversation and offer to undo it; with ``then=next`` go on with the next one of the list."""
    with writing():
        closed = messaging.close_conversation(current_viewer(), conversation_id)
        seq, place = closed.last_seq, Position(closed.last_message_at, closed.id)
    if not htmx.is_asking():
        flash("Conversation closed", category=f"closed-{conversation_id}")
    if request.form.get("then") == "next":
        return _go_on(conversation_id, place)
    return _status_changed(conversation_id, seq, "messaging/conversation_closed.html")


@limits.changing
def reopen_conversation(conversation_id: int) -> Response:
    """Reopen the conversation; an undo from beside another open conversation leaves that one alone."""
    with writing():
        reopened = messaging.reopen_conversation(current_viewer(), conversation_id)
        seq = reopened.last_seq
    page = page_of(conversation_id)
    if htmx.is_asking() and htmx.shown_id(g.portal.messages) != conversation_id:
        return htmx.reply("messaging/conversation_back.html", page=page, refresh="live:list", page_of_it=page)
    return _status_changed(conversation_id, seq, "messaging/conversation_reopened.html")


def _status_changed(conversation_id: int, last_seq: int, change: str) -> Response:
    filters = _shown_filters()
    page = page_of(conversation_id) + filters.here
    if not htmx.is_asking():
        return htmx.go(page)
    shown = request.form.get("up_to_seq", type=int, default=last_seq)
    entries = entries_after(conversation_id, min(shown, last_seq - 1))
    context = thread_context(messaging.get_conversation(current_viewer(), conversation_id), filters)
    return htmx.reply(change, page=page, refresh="live:list", **{**context, "entries": entries})


def _go_on(closed_id: int, place: Position) -> Response:
    """Show the conversation that stood below the closed one in the list, else its first, else the list alone."""
    viewer, filters = current_viewer(), _shown_filters()
    narrowed = filters.narrow()
    below = search.list_conversations(viewer, narrowed, place, limit=1).page.rows
    rows = below or search.list_conversations(viewer, narrowed, None, limit=2).page.rows
    following = next((row for row in rows if row.id != closed_id), None)
    page = (page_of(following.id) if following else g.portal.messages) + filters.here
    if not htmx.is_asking():
        return htmx.go(page)
    found = messaging.get_conversation(viewer, following.id) if following else None
    context = thread_context(found, filters) if found else {"thread": None, "filters": filters}
    return htmx.move_on(
        "messaging/conversation_closed_next.html",
        page=page,
        target="#thread",
        refresh="live:list",
        closed_id=closed_id,
        **context,
    )


def _shown_filters() -> InboxFilters:
    """The filters of the list on the page: of the browser's address, or without JavaScript of the form's."""
    if not htmx.is_asking():
        return InboxFilters.of(current_viewer(), request.args)
    return InboxFilters.of(current_viewer(), MultiDict(parse_qsl(urlsplit(htmx.shown_page()).query)))
