"""The customers' portal: the account pages of a storefront, with the customer's own conversations."""

from __future__ import annotations

from flask import Blueprint

from webapp.doors.guard import guard
from webapp.doors.portal import STOREFRONT
from webapp.portals import (
    access,
    appearance,
    by_mail,
    email_preferences,
    inbox,
    live,
    moderation,
    original,
    overview,
    sign_in,
)


def make_blueprint() -> Blueprint:
    """Return the storefront's portal with all its routes."""
    blueprint = Blueprint(STOREFRONT.name, __name__, url_prefix=STOREFRONT.prefix)
    blueprint.before_request(lambda: guard(STOREFRONT))
    sign_in.register(blueprint, STOREFRONT)
    by_mail.register(blueprint, STOREFRONT)
    inbox.register(blueprint, STOREFRONT)
    live.register(blueprint, STOREFRONT)
    access.register(blueprint, STOREFRONT)
    appearance.register(blueprint)
    email_preferences.register(blueprint, STOREFRONT)
    original.register(blueprint, STOREFRONT)
    moderation.register(blueprint, STOREFRONT)
    overview.register(blueprint, "/account")
    return blueprint
