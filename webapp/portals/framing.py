"""The frame of a thread: what is the same for all conversations of a kind, rendered once and then filled in.

Menus, forms and notes around a thread are its longest part and differ from one conversation, and from one viewer, to
the next in little more than an id and a name. They are rendered with marks in the place of what differs, and kept as
the pieces between the marks. A template that asks about anything else is an error.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from webapp.accounts.models import Side
from webapp.attachments import kinds
from webapp.doors import guard
from webapp.portals.addresses import within_portal
from webapp.portals.display import typed

_MARKS = {
    name: secrets.randbelow(9 * 10**17) + 10**17
    for name in (
        *("id", "name", "draft", "unread_count", "last_shown", "last_known", "here"),
        *("token", "client_key", "viewer_name", "store_code"),
    )
}
"""Numbers that no page holds by chance: the address of a conversation takes nothing else for its id."""

_MARK = re.compile("|".join(f"(?P<{name}>{mark})" for name, mark in _MARKS.items()))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What decides between words and between parts: all that a template of a frame can ask."""

    side: Side
    is_open: bool
    email_notifications: bool
    has_draft: bool
    is_unread: bool
    has_later: bool
    may_send: bool
    may_close: bool
    largest_file_mb: int
    most_files: int
    enter: str
    mounted_at: str

    def marked(self) -> dict[str, Any]:
        """Return what a template needs for a conversation of this kind, with marks in the place of what differs."""
        draft = str(_MARKS["draft"]) if self.has_draft else ""
        return {
            "conversation": {
                "id": _MARKS["id"],
                "is_open": self.is_open,
                "email_notifications": self.email_notifications,
                "unread_count": _MARKS["unread_count"] if self.is_unread else 0,
                "other_party": {"name": _MARKS["name"]},
                "draft": draft,
            },
            "thread": self,
            "viewer": {
                "is_admin": self.side is Side.ADMIN,
                "is_store": self.side is Side.STORE,
                "is_customer": self.side is Side.CUSTOMER,
                "name": _MARKS["viewer_name"],
                "store": {"code": _MARKS["store_code"]},
            },
            "body": draft,
            "refusal": None,
            "refused": None,
            "filters": {"here": _MARKS["here"]},
            "look": {"enter": self.enter},
            "csrf_token": lambda: _MARKS["token"],
            "acting_store_field": guard.ACTING_STORE,
            "accepted_files": kinds.ACCEPT,
            "refused_type": kinds.NOT_ALLOWED.message,
            "url": within_portal,
            **{name: _MARKS[name] for name in ("last_shown", "last_known", "client_key")},
        }


@pass_context
def framed(context: Context, template: str) -> Markup:
    """Render a part of a thread's frame; where something was refused it is rendered as it is."""
    row, thread, viewer = context["conversation"], context["thread"], context["viewer"]
    if context["refusal"] or context["body"] != row.draft or current_app.debug:
        return as_it_is(context, template)
    kind = _Kind(
        side=viewer.side,
        is_open=row.is_open,
        email_notifications=row.email_notifications,
        has_draft=bool(row.draft),
        is_unread=bool(row.unread_count),
        has_later=thread.has_later,
        may_send=thread.may_send,
        may_close=thread.may_close,
        largest_file_mb=thread.largest_file_mb,
        most_files=thread.most_files,
        enter=context["look"]["enter"],
        mounted_at=request.script_root,
    )
    values: dict[str, Callable[[], object]] = {
        "id": lambda: row.id,
        "name": lambda: row.other_party.name,
        "draft": lambda: typed(row.draft),
        "unread_count": lambda: row.unread_count,
        "last_shown": lambda: context["last_shown"],
        "last_known": lambda: context["last_known"],
        "here": lambda: context["filters"].here,
        "token": context["csrf_token"],
        "client_key": lambda: context["client_key"],
        "viewer_name": lambda: viewer.name,
        "store_code": lambda: viewer.store.code if viewer.is_store else "",
    }
    parts = list(_parts(template, kind))
    texts = {name: str(escape(values[name]())) for name in set(parts[1::2])}
    parts[1::2] = [texts[name] for name in parts[1::2]]
    return Markup("".join(parts))  # noqa: S704


@pass_context
def as_it_is(context: Context, template: str) -> Markup:
    """Render the part for this conversation alone."""
    return Markup(context.environment.get_template(template).render(context.get_all()))  # noqa: S704


@lru_cache(maxsize=1024)
def _parts(template: str, kind: _Kind) -> tuple[str, ...]:
    """Return the pieces between the marks, and between them the names of the marks."""
    html = current_app.jinja_env.get_template(template).render(kind.marked())
    parts, end = [], 0
    for found in _MARK.finditer(html):
        parts += [html[end : found.start()], str(found.lastgroup)]
        end = found.end()
    return (*parts, html[end:])


def set_up(app: Flask) -> None:
    """Let templates say what is part of a frame."""
    app.jinja_env.globals["framed"] = framed
