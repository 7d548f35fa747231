"""The inbox that every portal shares: list, thread, reply and what else is done to a conversation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for

from webapp.accounts.service import AccountService
from webapp.accounts.viewer import StoreRef
from webapp.database import writing
from webapp.doors import cursors, limits
from webapp.doors.guard import quiet
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.messaging.errors import ConversationClosed, Invalid, MessagingError
from webapp.messaging.models import Conversation
from webapp.messaging.queries import ConversationList, MessageRow, Thread, Window
from webapp.messaging.service import MessagingService
from webapp.portals import display, htmx
from webapp.portals.filters import InboxFilters
from webapp.portals.forms import ReplyForm, errors_of

messaging = MessagingService()


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the list panel shows."""

    filters: InboxFilters
    page: ConversationList
    stores: list[StoreRef]
    next_cursor: str


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
        ("POST", f"{one}/messages", send_message, "send_message"),
        ("POST", f"{one}/read", mark_read, "mark_read"),
        ("POST", f"{one}/unread", mark_unread, "mark_unread"),
        ("POST", f"{one}/preferences", set_preferences, "set_preferences"),
    ]
    if portal.may_start:
        routes += [
            ("POST", f"{one}/close", close_conversation, "close_conversation"),
            ("POST", f"{one}/reopen", reopen_conversation, "reopen_conversation"),
        ]
    for method, rule, view, endpoint in routes:
        blueprint.add_url_rule(rule, endpoint=endpoint, view_func=view, methods=[method])


def conversations() -> Response:
    """Show the inbox with no conversation open."""
    return _page()


def conversation(conversation_id: int) -> Response:
    """Show the inbox with a conversation open; reading changes nothing."""
    found = messaging.get_conversation(current_viewer(), conversation_id, _window())
    return _page(found)


def rows() -> Response:
    """Show the list for other filters or another page, beside whatever is open."""
    inbox = load_inbox(with_stores=False)
    shown = htmx.shown_path()
    page = shown if shown.startswith(f"{g.portal.messages}/") else g.portal.messages
    return htmx.piece(
        "messaging/_rows.html",
        page=g.portal.messages + inbox.filters.here,
        push=None if request.args.get("live") else page + inbox.filters.here,
        inbox=inbox,
        open_id=request.args.get("open", type=int),
    )


def thread(conversation_id: int) -> Response:
    """Show a conversation in the panel beside the list."""
    filters = InboxFilters.of(current_viewer(), request.args)
    page = page_of(conversation_id) + filters.here
    if not htmx.is_asking():
        return htmx.go(page)
    found = messaging.get_conversation(current_viewer(), conversation_id, _window())
    return htmx.piece("messaging/thread_opened.html", page=page, **thread_context(found, filters))


def messages(conversation_id: int) -> Response:
    """Show earlier messages, or those that came after the last one on the page; 204 when there are none."""
    before = request.args.get("before", type=int)
    page = page_of(conversation_id)
    if before is not None:
        if not htmx.is_asking():
            return htmx.go(f"{page}?before={before}")
        found = messaging.get_conversation(current_viewer(), conversation_id, Window(before=before))
        return htmx.piece("messaging/_earlier.html", page=page, **thread_context(found, _no_filters()))
    after = request.args.get("after", type=int, default=0)
    if not htmx.is_asking():
        return htmx.go(page)
    found, entries = _after(conversation_id, after)
    if not entries:
        return htmx.nothing(page)
    context = thread_context(found, _no_filters())
    return htmx.piece("messaging/messages_arrived.html", page=page, **{**context, "entries": entries})


@quiet
def badge() -> Response:
    """Show the header's link with the viewer's unread count."""
    return htmx.piece("messaging/_unread_badge.html", page=g.portal.messages, badge=queries.badge(current_viewer()))


@quiet
def news() -> Response:
    """Answer "anything new?": 204, or the names of the events that the page should raise.

    The page says what it shows: the inbox's version in its badge and in its list, the newest key of a team's list,
    and an open thread with its last seq. Nothing is remembered here, so nothing can be missed.
    """
    args = request.args
    conversation_id = args.get("thread", type=int)
    team = args.get("scope") == "team"
    version, seq, newest = queries.news(current_viewer(), conversation_id, team)
    events = []
    if version != args.get("badge", type=int):
        events.append("badge")
    if "list" in args and (version != args.get("list", type=int) or (team and newest != args.get("newest"))):
        events.append("list")
    if conversation_id is not None and seq > args.get("seq", type=int, default=0):
        events.append(f"thread-{conversation_id}")
    return jsonify(events=events) if events else Response(status=204)


@limits.sending
def send_message(conversation_id: int) -> Response:
    """Send the viewer's reply and show what it changes."""
    form = ReplyForm()
    if not form.validate():
        raise Invalid("content", "invalid", errors_of(form)[0][1])
    with writing():
        sent = messaging.send_message(current_viewer(), conversation_id, form.draft())
    shown = form.up_to_seq.data
    page = f"{page_of(conversation_id)}#m-{sent.message.seq}"
    if not htmx.is_asking():
        return htmx.go(page)
    found, entries = _after(
        conversation_id, sent.message.seq - 1 if shown is None else min(shown, sent.message.seq - 1)
    )
    context = thread_context(found, _no_filters())
    return htmx.reply(
        "messaging/message_sent.html",
        page=page,
        refresh="live:list",
        badge=queries.badge(current_viewer()),
        **{**context, "entries": entries},
    )


@limits.changing
def close_conversation(conversation_id: int) -> Response:
    """Close the conversation and show that nobody can write to it."""
    with writing():
        changed = messaging.close_conversation(current_viewer(), conversation_id)
    return _status_changed(changed, "messaging/conversation_closed.html")


@limits.changing
def reopen_conversation(conversation_id: int) -> Response:
    """Reopen the conversation and show its composer again."""
    with writing():
        changed = messaging.reopen_conversation(current_viewer(), conversation_id)
    return _status_changed(changed, "messaging/conversation_reopened.html")


@limits.changing
def mark_read(conversation_id: int) -> Response:
    """Move the viewer's read mark up to the last message that the page showed."""
    with writing():
        messaging.mark_conversation_read(current_viewer(), conversation_id, request.form.get("up_to_seq", type=int))
    return htmx.reply(
        "messaging/conversation_read.html",
        page=page_of(conversation_id),
        refresh="live:list",
        badge=queries.badge(current_viewer()),
    )


@limits.changing
def mark_unread(conversation_id: int) -> Response:
    """Make the conversation unread again, from a message on or its last one, and go back to the list."""
    with writing():
        messaging.mark_conversation_unread(current_viewer(), conversation_id, request.form.get("from_seq", type=int))
    return htmx.go(g.portal.messages)


@limits.changing
def set_preferences(conversation_id: int) -> Response:
    """Switch the viewer's e-mails about this conversation."""
    wanted = request.form.get("email_notifications") == "on"
    with writing():
        messaging.set_email_notifications(current_viewer(), conversation_id, wanted)
    return htmx.reply(
        "messaging/preferences_changed.html",
        page=page_of(conversation_id),
        conversation_id=conversation_id,
        email_notifications=wanted,
    )


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
    return {
        "thread": found,
        "conversation": row,
        "filters": filters,
        "entries": list(
            display.log_entries(found.messages, unread_after=row.last_read_seq if row.unread_count else None)
        ),
        "last_shown": found.messages[-1].seq if found.messages and not found.has_later else row.last_seq,
        "client_key": str(uuid.uuid4()),
        "body": "",
        "refusal": None,
    }


def refused_reply(conversation_id: int, error: MessagingError, status: int) -> tuple[str, int]:
    """Show the thread again, without JavaScript, with the refusal and the text that was typed."""
    found = messaging.get_conversation(current_viewer(), conversation_id)
    context = thread_context(found, _no_filters())
    context.update(body=request.form.get("body", ""), refusal=error.message)
    if not isinstance(error, ConversationClosed):
        context["client_key"] = request.form.get("client_key") or context["client_key"]
    return render_template(
        "messaging/inbox.html", inbox=load_inbox(), badge=_badge(), open_id=conversation_id, **context
    ), status


def _page(found: Thread | None = None) -> Response:
    inbox = load_inbox()
    context = thread_context(found, inbox.filters) if found else {"thread": None, "filters": inbox.filters}
    open_id = found.conversation.id if found else None
    return Response(render_template("messaging/inbox.html", inbox=inbox, badge=_badge(), open_id=open_id, **context))


def _badge() -> queries.Badge:
    return queries.badge(current_viewer())


def _window() -> Window:
    """The part of a thread that the address asks for: before a message, around one, or the newest."""
    return Window(before=request.args.get("before", type=int), around=request.args.get("m", type=int))


def _no_filters() -> InboxFilters:
    return InboxFilters()


def _after(conversation_id: int, after: int) -> tuple[Thread, list[display.LogEntry]]:
    """Read what came after a message, with that message as the context of the first line."""
    found = messaging.get_conversation(current_viewer(), conversation_id, Window(after=max(after - 1, 0), limit=200))
    known: MessageRow | None = next((m for m in found.messages if m.seq == after), None)
    newer = [m for m in found.messages if m.seq > after]
    return found, list(display.log_entries(newer, before=known))


def _status_changed(changed: Conversation, change: str) -> Response:
    page = page_of(changed.id)
    if not htmx.is_asking():
        return htmx.go(page)
    shown = request.form.get("up_to_seq", type=int, default=changed.last_seq)
    found, entries = _after(changed.id, min(shown, changed.last_seq - 1))
    context = thread_context(found, _no_filters())
    return htmx.reply(change, page=page, refresh="live:list", **{**context, "entries": entries})
