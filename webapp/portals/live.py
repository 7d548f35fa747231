"""What is live in a portal: its stream, who is writing, and who has read."""

from __future__ import annotations

from flask import Blueprint, Response, request
from itsdangerous import BadData

from webapp.doors import holding, limits, signs
from webapp.doors.guard import quiet
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.portals import htmx
from webapp.portals.panels import page_of
from webapp.realtime import typing


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal the address of its stream, and a conversation those of what happens while one looks at it."""
    one = f"{portal.messages.removeprefix(portal.prefix)}/<int:conversation_id>"
    blueprint.add_url_rule("/live", "live", live)
    blueprint.add_url_rule(f"{one}/typing", "tell_typing", tell_typing, methods=["POST"])
    blueprint.add_url_rule(f"{one}/_/typing", "who_types", who_types)
    blueprint.add_url_rule(f"{one}/_/receipt", "receipt", receipt)


@quiet
def live() -> Response:
    """Let the viewer listen; 204, after which no browser asks again, where nobody can hold the stream."""
    return holding.stream() if holding.is_possible() else Response(status=204)


@limits.typing
def tell_typing(conversation_id: int) -> Response:
    """Tell the others in the conversation that the viewer writes."""
    typing.tell(current_viewer(), conversation_id, signs.of_writer)
    return Response(status=204)


@quiet
def who_types(conversation_id: int) -> Response:
    """Show the name of the one who writes, as this viewer may know it; 204 for the viewer themselves."""
    viewer, page = current_viewer(), page_of(conversation_id)
    try:
        side, person = signs.writer(conversation_id, request.args.get("who", ""))
    except BadData:
        queries.conversation_row(viewer, conversation_id)  # a bad sign is no news of a foreign one
        return htmx.nothing(page)
    name = queries.name_of(viewer, conversation_id, side, person)
    if (side, person) == (viewer.side, viewer.id):
        return htmx.nothing(page)
    return htmx.piece("messaging/_typing_name.html", page=page, name=name)


@quiet
def receipt(conversation_id: int) -> Response:
    """Show by how many of the other side the viewer's last message on the page was read; customers learn it never."""
    viewer, page = current_viewer(), page_of(conversation_id)
    found = queries.receipt(viewer, conversation_id, request.args.get("up_to_seq", type=int, default=0))
    if found is None:
        return htmx.nothing(page)
    return htmx.piece("messaging/receipt_changed.html", page=page, seq=found.seq, read_by=found.read_by)
