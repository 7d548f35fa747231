"""The inbox that every portal shares: its addresses, the pages, and the pieces that htmx asks for."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from webapp.accounts.viewer import Viewer
from webapp.doors import files
from webapp.doors.guard import quiet
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.messaging.queries import PAGE, Window
from webapp.portals import actions, closing, htmx
from webapp.portals.filters import InboxFilters
from webapp.portals.panels import (
    entries_after,
    entries_later,
    inbox_page,
    load_inbox,
    messaging,
    page_of,
    thread_context,
    window,
)


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal its inbox; a customer can answer, but not start, close or reopen."""
    path = portal.messages.removeprefix(portal.prefix)
    one = f"{path}/<int:conversation_id>"
    routes: list[tuple[str, str, Any, str]] = [
        ("GET", path, conversations, "conversations"),
        ("GET", one, conversation, "conversation"),
        ("GET", f"{path}/_/rows", rows, "rows"),
        ("GET", f"{path}/_/badge", badge, "badge"),
        ("GET", f"{path}/_/news", news, "news"),
        ("GET", f"{one}/_/thread", thread, "thread"),
        ("GET", f"{one}/_/messages", messages, "messages"),
        ("GET", f"{one}/attachments/<uuid:attachment_id>", attachment, "attachment"),
        ("GET", f"{one}/attachments/<uuid:attachment_id>/preview", preview, "preview"),
        ("POST", f"{one}/messages", actions.send_message, "send_message"),
        ("PUT", f"{one}/draft", actions.keep_draft, "keep_draft"),
        ("POST", f"{one}/draft", actions.keep_draft, "clear_draft"),
        ("POST", f"{one}/read", actions.mark_read, "mark_read"),
        ("POST", f"{one}/unread", actions.mark_unread, "mark_unread"),
        ("POST", f"{one}/preferences", actions.set_preferences, "set_preferences"),
    ]
    if portal.may_start:
        routes += [
            ("POST", f"{one}/close", closing.close_conversation, "close_conversation"),
            ("POST", f"{one}/reopen", closing.reopen_conversation, "reopen_conversation"),
        ]
    for method, rule, view, endpoint in routes:
        blueprint.add_url_rule(rule, endpoint=endpoint, view_func=view, methods=[method])


def conversations() -> str:
    """Show the inbox with no conversation open."""
    return inbox_page()


def conversation(conversation_id: int) -> str:
    """Show the inbox with a conversation open; reading changes nothing."""
    found = messaging.get_conversation(current_viewer(), conversation_id, window())
    return inbox_page(found)


def rows() -> Response:
    """Show the list for other filters or another page, beside whatever is open."""
    inbox = load_inbox(with_stores=False)
    open_id = htmx.shown_id(g.portal.messages)
    page = page_of(open_id) if open_id else g.portal.messages
    return htmx.piece(
        "messaging/_rows.html",
        page=g.portal.messages + inbox.filters.here,
        push=None if request.args.get("live") else page + inbox.filters.here,
        inbox=inbox,
        open_id=open_id,
    )


def thread(conversation_id: int) -> Response:
    """Show a conversation in the panel beside the list."""
    filters = InboxFilters.of(current_viewer(), request.args)
    page = page_of(conversation_id) + filters.here
    if not htmx.is_asking():
        return htmx.go(page)
    found = messaging.get_conversation(current_viewer(), conversation_id, window())
    return htmx.piece("messaging/thread_opened.html", page=page, **thread_context(found, filters))


def messages(conversation_id: int) -> Response:
    """Show earlier messages, later ones, or those that came after the last one on the page; 204 when there are none."""
    before = request.args.get("before", type=int)
    page = page_of(conversation_id)
    if before is not None:
        if not htmx.is_asking():
            return htmx.go(f"{page}?before={before}")
        found = messaging.get_conversation(current_viewer(), conversation_id, Window(before=before))
        return htmx.piece("messaging/_earlier.html", page=page, **thread_context(found, InboxFilters()))
    later = request.args.get("later", type=int)
    if later is not None:
        if not htmx.is_asking():
            return htmx.go(f"{page}?after={later}")
        asked = Window(after=max(later - 1, 0), limit=PAGE + 1)
        found = messaging.get_conversation(current_viewer(), conversation_id, asked)
        context = thread_context(found, InboxFilters()) | {"entries": entries_later(found, later)}
        return htmx.piece("messaging/_later.html", page=page, **context)
    after = request.args.get("after", type=int, default=0)
    if not htmx.is_asking():
        return htmx.go(page)
    entries = entries_after(conversation_id, after)
    if not entries:
        queries.conversation_row(current_viewer(), conversation_id)  # nothing new is no news of a foreign one
        return htmx.nothing(page)
    context = thread_context(messaging.get_conversation(current_viewer(), conversation_id), InboxFilters())
    context["last_shown"] = context["last_known"] = entries[-1].message.seq
    return htmx.piece("messaging/messages_arrived.html", page=page, **{**context, "entries": entries})


def attachment(conversation_id: int, attachment_id: UUID) -> Response:
    """Send a file of the conversation."""
    return files.download(messaging.get_attachment(current_viewer(), conversation_id, attachment_id))


def preview(conversation_id: int, attachment_id: UUID) -> Response:
    """Show an image of the conversation, re-encoded."""
    return files.preview(messaging.get_attachment(current_viewer(), conversation_id, attachment_id))


@quiet
def badge() -> Response:
    """Show the header's link with the viewer's unread count."""
    return htmx.piece("messaging/_unread_badge.html", page=g.portal.messages, badge=queries.badge(current_viewer()))


@quiet
def news() -> Response:
    """Answer "anything new?": 204, or the names of the events that the page should raise; usually ``polling`` does."""
    return as_answer(what_is_new(current_viewer(), request.args))


def as_answer(events: list[str]) -> Response:
    """Return the names of events as a poll takes them, 204 for none."""
    if not events:
        return Response(status=204)
    named = json.dumps({"events": events})  # what jsonify does, in a fifth of the time
    return Response(named, mimetype="application/json")


def what_is_new(viewer: Viewer, args: MultiDict[str, str]) -> list[str]:
    """Return the names of the events that a page should raise.

    The page says what it shows: the inbox's version in its badge and in its list, the newest key of a team's list,
    and an open thread with its last seq. Nothing is remembered here, so nothing can be missed.
    """
    conversation_id = args.get("thread", type=int)
    team = args.get("scope") == "team"
    version, seq, newest = queries.news(viewer, conversation_id, team)
    events = []
    if version != args.get("badge", type=int):
        events.append("badge")
    if "list" in args and (version != args.get("list", type=int) or (team and newest != args.get("newest"))):
        events.append("list")
    if conversation_id is not None and seq > args.get("seq", type=int, default=0):
        events.append(f"thread-{conversation_id}")
    return events
