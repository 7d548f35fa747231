"""The platform's portal: the shared inbox over all stores, and the platform's settings."""

from __future__ import annotations

from flask import Blueprint

from webapp.doors.guard import guard
from webapp.doors.portal import ADMIN
from webapp.portals import access, compose, inbox, sign_in
from webapp.portals.admin import home, settings


def make_blueprint() -> Blueprint:
    """Return the admin portal with all its routes."""
    blueprint = Blueprint(ADMIN.name, __name__, url_prefix=ADMIN.prefix)
    blueprint.before_request(lambda: guard(ADMIN))
    sign_in.register(blueprint, ADMIN)
    inbox.register(blueprint, ADMIN)
    access.register(blueprint, ADMIN)
    compose.register(blueprint, ADMIN)
    home.register(blueprint)
    settings.register(blueprint)
    return blueprint
