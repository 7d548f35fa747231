"""The platform's portal: the shared inbox over all stores, and the platform's settings."""

from __future__ import annotations

from flask import Blueprint

from webapp.doors.guard import guard
from webapp.doors.portal import ADMIN
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
    team,
)
from webapp.portals.admin import email, people, retention, settings


def make_blueprint() -> Blueprint:
    """Return the admin portal with all its routes."""
    blueprint = Blueprint(ADMIN.name, __name__, url_prefix=ADMIN.prefix)
    blueprint.before_request(lambda: guard(ADMIN))
    sign_in.register(blueprint, ADMIN)
    by_mail.register(blueprint, ADMIN)
    team.register(blueprint)
    inbox.register(blueprint, ADMIN)
    live.register(blueprint, ADMIN)
    access.register(blueprint, ADMIN)
    appearance.register(blueprint)
    email_preferences.register(blueprint, ADMIN)
    original.register(blueprint, ADMIN)
    moderation.register(blueprint, ADMIN)
    compose.register(blueprint, ADMIN)
    overview.register(blueprint)
    settings.register(blueprint)
    email.register(blueprint)
    audit.register(blueprint)
    people.register(blueprint)
    retention.register(blueprint)
    moderation.register_reports(blueprint)
    return blueprint
