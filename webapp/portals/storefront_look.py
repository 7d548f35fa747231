"""The page on which owners choose the colour of their storefront, and the style sheet that shows it there."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for

from webapp.accounts import colours
from webapp.accounts.errors import Invalid
from webapp.accounts.models import MemberRole
from webapp.accounts.service import AccountService
from webapp.accounts.viewer import Viewer
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.messaging.text import without_control_characters
from webapp.portals import htmx


def register(blueprint: Blueprint) -> None:
    """Give the store portal its page."""
    blueprint.add_url_rule("/look", "storefront_look", storefront_look)
    blueprint.add_url_rule("/look", "change_look", change_look, methods=["POST"])


def register_sheet(blueprint: Blueprint) -> None:
    """Serve a colour's style sheet; it depends on nothing but its address, so everybody may keep it."""
    blueprint.add_url_rule("/colours/<colour>.css", "colour", colour_sheet)


def may_change(viewer: Viewer) -> bool:
    """Tell whether the viewer may change how a storefront looks: the owners of its store."""
    return viewer.is_store and viewer.role is MemberRole.OWNER


def storefront_look() -> str:
    """Show the colour that there is."""
    viewer = _owner()
    return _page(viewer.store.accent if viewer.store else "", "")


@limits.changing
def change_look() -> Response | tuple[str, int]:
    """Change the colour, unless text in it could not be read."""
    viewer, typed = _owner(), without_control_characters(request.form.get("accent", ""))[:20]
    try:
        with writing():
            AccountService().set_accent(viewer.tenant_id, typed, viewer)
    except Invalid as error:
        return _page(typed, error.message), 422
    flash("Colour saved")
    return htmx.go(url_for("store.storefront_look"))


def colour_sheet(colour: str) -> Response:
    """Return the style sheet of a storefront in this colour."""
    try:
        body = colours.sheet(colours.clean_colour(f"#{colour}"))
    except Invalid:
        abort(404)
    response = Response(body, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _owner() -> Viewer:
    viewer = current_viewer()
    if not may_change(viewer):
        abort(403)
    return viewer


def _page(typed: str, error: str) -> str:
    return render_template("store/look.html", typed=typed, error=error, badge=queries.badge(current_viewer()))
