"""What a person chooses for their own pages: theme, density, keys, and hints they have read."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from webapp.accounts import preferences
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import from_any_store
from webapp.doors.identity import current_viewer
from webapp.portals import htmx
from webapp.portals.addresses import own_path


def register(blueprint: Blueprint) -> None:
    """Give a portal the address at which its people keep their choices."""
    blueprint.add_url_rule("/appearance", "set_appearance", set_appearance, methods=["POST"])


@from_any_store
@limits.changing
def set_appearance() -> Response:
    """Keep the choices that were sent; the scripts show them at once, without scripts the page is shown anew."""
    with writing():
        preferences.change(current_viewer(), {name: values[-1] for name, values in request.form.lists()})
    return htmx.nothing(_page_it_came_from() or g.portal.messages)


def _page_it_came_from() -> str:
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # such as http://[
        return ""
    return own_path(g.portal, f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path)
