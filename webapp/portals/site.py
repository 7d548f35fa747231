"""What belongs to no portal: the front page, and what a load balancer asks."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template

from webapp.accounts.service import AccountService
from webapp.database import now
from webapp.doors import readiness
from webapp.doors.portal import PORTALS, config
from webapp.portals import demo, storefront_look

site = Blueprint("site", __name__)
demo.register(site)
storefront_look.register_sheet(site)


@site.get("/")
def front() -> str:
    """Show the three doors; the demo also names its stores."""
    stores = AccountService().active_stores() if config().demo else []
    return render_template("front.html", portals=PORTALS.values(), stores=stores, has_demo=config().demo)


@site.get("/health")
def health() -> Response:
    """Answer that the process lives; asks nothing of anybody else."""
    return jsonify(status="ok")


@site.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Say whom to tell of a weakness (RFC 9116)."""
    address = config().base_url.rstrip("/")
    lines = [
        f"Contact: {config().security_contact or 'mailto:security@' + (urlsplit(address).hostname or 'localhost')}",
        f"Expires: {now() + timedelta(days=180):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
        f"Canonical: {address}/.well-known/security.txt",
    ]
    return Response("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@site.get("/ready")
def ready() -> tuple[Response, int]:
    """Answer whether requests can be served: the database has this version's schema, and files can be kept."""
    found = readiness.checks()
    fine = readiness.is_ready(found)
    return jsonify(status="ok" if fine else "unavailable", checks=found), 200 if fine else 503
