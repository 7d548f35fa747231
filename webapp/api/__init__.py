"""The JSON door: the same verbs, access and limits as the pages, for programs; one base address per portal."""

from __future__ import annotations

from flask import Blueprint, Flask

from webapp.api import documentation
from webapp.api.answers import add_limits
from webapp.api.guard import guard
from webapp.api.operations import limited, operations_of
from webapp.doors.portal import API, PORTALS, Portal


def register(app: Flask) -> None:
    """Give the application its API and the pages about it."""
    app.register_blueprint(documentation.make_blueprint())
    for portal in PORTALS.values():
        app.register_blueprint(make_blueprint(portal))


def make_blueprint(portal: Portal) -> Blueprint:
    """Return the API of a portal with all its routes."""
    blueprint = Blueprint(f"api_{portal.name}", __name__, url_prefix=f"{API}{portal.prefix}")
    blueprint.before_request(lambda: guard(portal))
    blueprint.after_request(add_limits)
    for operation in operations_of(portal):
        view = operation.view if operation.is_public else limited(operation.view)
        blueprint.add_url_rule(
            operation.path,
            operation.name,
            view,
            methods=[operation.method],
            provide_automatic_options=False,
            merge_slashes=False,
        )
    return blueprint
