"""Pieces that are the same whenever their values are: rendered once, from those values alone, and remembered.

A list is fetched anew whenever one of its rows changed, a thread whenever a message came: the other rows and messages
are as they were. A remembered piece sees its values and no request, so that it cannot show what is of somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from flask import Flask, current_app, g
from markupsafe import Markup

from webapp.accounts.viewer import Viewer
from webapp.memory import Memory
from webapp.messaging.queries import ConversationRow
from webapp.portals.addresses import within_portal
from webapp.portals.display import LogEntry
from webapp.portals.times import list_times
from webapp.search.service import Hit

LARGEST = 8192
"""Characters of a piece that is worth remembering."""

memory: Memory[Markup] = Memory()


def remembering(template: str, viewer: Viewer) -> Callable[..., Markup]:
    """Return what renders a piece for the viewer from values, unless it was rendered from them before."""
    known = memory.of(template, viewer, g.portal.name)
    is_new = current_app.debug

    def piece(**values: Hashable) -> Markup:
        key = tuple(values.values())
        found = known.get(key)
        if found is None or is_new:
            rendered = current_app.jinja_env.get_template(template).render(viewer=viewer, url=within_portal, **values)
            found = Markup(rendered)  # noqa: S704
            if len(found) <= LARGEST:
                memory.keep(known, key, found)
        return found

    return piece


def conversation_rows(
    viewer: Viewer, rows: Iterable[ConversationRow], hits: Mapping[int, Hit], base: str, here: str, open_id: int | None
) -> Markup:
    """Render the rows of a list; in a loop of ours, since the template's would take longer than what is remembered."""
    piece, when = remembering("messaging/_conversation_row.html", viewer), list_times()
    pieces = [
        piece(
            row=row,
            hit=hits.get(row.id),
            base=base,
            here=here,
            is_open=row.id == open_id,
            when=when(row.last_message_at),
        )
        for row in rows
    ]
    return _together(pieces)


def message_lines(viewer: Viewer, entries: Iterable[LogEntry], hit: int | None) -> Markup:
    """Render the lines of a thread, in the same way; ``hit`` is the ``seq`` that a link leads to."""
    piece = remembering("messaging/_message.html", viewer)
    return _together([piece(entry=entry, is_hit=entry.message.seq == hit) for entry in entries])


def _together(pieces: list[Markup]) -> Markup:
    return Markup("\n".join(pieces))  # noqa: S704 - Markup's own join would look at each of them again


def set_up(app: Flask) -> None:
    """Let templates say which pieces are remembered."""
    app.jinja_env.globals.update(
        remembering=remembering, conversation_rows=conversation_rows, message_lines=message_lines
    )
