"""The whole text of a message that came by e-mail, on a page of its own."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.notifications.inbound.originals import original
from webapp.portals.panels import page_of


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal the page."""
    path = portal.messages.removeprefix(portal.prefix)
    blueprint.add_url_rule(f"{path}/<int:conversation_id>/messages/<int:seq>/original", "original", show_original)


def show_original(conversation_id: int, seq: int) -> str:
    """Show the mail's text as it came, quotes and signature included."""
    viewer = current_viewer()
    return render_template(
        "notifications/original.html",
        text=original(viewer, conversation_id, seq),
        conversation_id=conversation_id,
        back=f"{page_of(conversation_id)}?m={seq}#m-{seq}",
        badge=queries.badge(viewer),
    )
