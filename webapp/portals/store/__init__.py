"""The stores' portal: the shared inbox of one store, and its start page."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.doors.guard import guard
from webapp.doors.identity import current_viewer
from webapp.doors.portal import STORE
from webapp.messaging import queries
from webapp.portals import access, compose, inbox, sign_in


def make_blueprint() -> Blueprint:
    """Return the store portal with all its routes."""
    blueprint = Blueprint(STORE.name, __name__, url_prefix=STORE.prefix)
    blueprint.before_request(lambda: guard(STORE))
    sign_in.register(blueprint, STORE)
    inbox.register(blueprint, STORE)
    access.register(blueprint, STORE)
    compose.register(blueprint, STORE)
    blueprint.add_url_rule("", "home", home)
    return blueprint


def home() -> str:
    """Show the ways on."""
    return render_template("store/home.html", badge=queries.badge(current_viewer()))
