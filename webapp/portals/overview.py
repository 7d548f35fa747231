"""The start pages of the three portals: what is new, and the ways on."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.messaging.queries import ConversationFilters
from webapp.messaging.service import MessagingService

LATEST = 5
"""How many conversations a start page shows."""


def register(blueprint: Blueprint, path: str = "") -> None:
    """Give a portal its start page."""
    blueprint.add_url_rule(path, "home", home)


def home() -> str:
    """Show the viewer's newest conversations, open and closed, and the ways on."""
    viewer = current_viewer()
    latest = MessagingService().list_conversations(viewer, ConversationFilters(status=None), limit=LATEST)
    return render_template("overview.html", badge=queries.badge(viewer), latest=latest.rows)
