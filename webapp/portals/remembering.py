"""Pieces that are the same whenever their values are: rendered once, from those values alone, and remembered.

A list is fetched anew whenever one of its rows changed, a thread whenever a message came: the other rows and messages
are as they were. A remembered piece sees its values and no request, so that it cannot show what is of somebody else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from flask import Flask, current_app, g
from markupsafe import Markup

from webapp.accounts.viewer import Viewer
from webapp.messaging.queries import ConversationRow
from webapp.portals.addresses import within_portal
from webapp.portals.times import list_times
from webapp.search.service import Hit

MOST = 4096
"""Pieces that are remembered; one more, and all are forgotten."""
LARGEST = 8192
"""Characters of a piece that is worth remembering."""

_remembered: dict[tuple[Hashable, ...], Markup] = {}


def remembered(template: str, viewer: Viewer, **values: Hashable) -> Markup:
    """Render a piece for the viewer from these values, unless it was rendered from them before."""
    key = (template, viewer, g.portal.name, *values.values())
    piece = _remembered.get(key)
    if piece is None or current_app.debug:
        piece = Markup(current_app.jinja_env.get_template(template).render(viewer=viewer, url=within_portal, **values))  # noqa: S704
        if len(_remembered) >= MOST:
            _remembered.clear()
        if len(piece) <= LARGEST:
            _remembered[key] = piece
    return piece


def conversation_rows(
    viewer: Viewer, rows: Iterable[ConversationRow], hits: Mapping[int, Hit], base: str, here: str, open_id: int | None
) -> Markup:
    """Render the rows of a list; in a loop of ours, since the template's would take longer than what is remembered."""
    when = list_times()
    pieces = [
        remembered(
            "messaging/_conversation_row.html",
            viewer,
            row=row,
            hit=hits.get(row.id),
            base=base,
            here=here,
            is_open=row.id == open_id,
            when=when(row.last_message_at),
        )
        for row in rows
    ]
    return Markup("\n").join(pieces)


def set_up(app: Flask) -> None:
    """Let templates say which pieces are remembered."""
    app.jinja_env.globals.update(remembered=remembered, conversation_rows=conversation_rows)
