"""The stores' portal: the shared inbox of one store, and its start page."""

from __future__ import annotations

from flask import Blueprint

from webapp.doors.guard import guard
from webapp.doors.portal import STORE
from webapp.portals import (
    access,
    appearance,
    audit,
    by_mail,
    compose,
    email_preferences,
    inbox,
    live,
    moderation,
    original,
    overview,
    sign_in,
    storefront_look,
    team,
)


def make_blueprint() -> Blueprint:
    """Return the store portal with all its routes."""
    blueprint = Blueprint(STORE.name, __name__, url_prefix=STORE.prefix)
    blueprint.before_request(lambda: guard(STORE))
    sign_in.register(blueprint, STORE)
    by_mail.register(blueprint, STORE)
    team.register(blueprint)
    inbox.register(blueprint, STORE)
    live.register(blueprint, STORE)
    access.register(blueprint, STORE)
    appearance.register(blueprint)
    email_preferences.register(blueprint, STORE)
    original.register(blueprint, STORE)
    moderation.register(blueprint, STORE)
    compose.register(blueprint, STORE)
    audit.register(blueprint)
    storefront_look.register(blueprint)
    overview.register(blueprint)
    return blueprint
