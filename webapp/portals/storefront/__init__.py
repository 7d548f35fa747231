"""The customers' portal: the account pages of a storefront, with the customer's own conversations."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.doors.guard import guard
from webapp.doors.identity import current_viewer
from webapp.doors.portal import STOREFRONT
from webapp.messaging import queries
from webapp.portals import access, inbox, sign_in


def make_blueprint() -> Blueprint:
    """Return the storefront's portal with all its routes."""
    blueprint = Blueprint(STOREFRONT.name, __name__, url_prefix=STOREFRONT.prefix)
    blueprint.before_request(lambda: guard(STOREFRONT))
    sign_in.register(blueprint, STOREFRONT)
    inbox.register(blueprint, STOREFRONT)
    access.register(blueprint, STOREFRONT)
    blueprint.add_url_rule("/account", "home", account)
    return blueprint


def account() -> str:
    """Show the account's start page with the card that leads to the messages."""
    return render_template("storefront/account.html", badge=queries.badge(current_viewer()))
