"""What belongs to no portal: the front page, and what a load balancer asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts.service import AccountService
from webapp.attachments import storage
from webapp.attachments.errors import AttachmentError
from webapp.database import end_reading, session
from webapp.doors.portal import PORTALS, config

site = Blueprint("site", __name__)


@site.get("/")
def front() -> str:
    """Show the three doors; the demo also names its stores."""
    stores = AccountService().active_stores() if config().demo else []
    return render_template("front.html", portals=PORTALS.values(), stores=stores)


@site.get("/health")
def health() -> Response:
    """Answer that the process lives; asks nothing of anybody else."""
    return jsonify(status="ok")


@site.get("/ready")
def ready() -> tuple[Response, int]:
    """Answer whether requests can be served: the database has this version's schema, and files can be kept."""
    checks: dict[str, Any] = {"database": _database_state(), "storage": _storage_state()}
    fine = all(state == "ok" for state in checks.values())
    return jsonify(status="ok" if fine else "unavailable", checks=checks), 200 if fine else 503


def _database_state() -> str:
    try:
        session.execute(text("SELECT 1 FROM conversations LIMIT 1"))
    except SQLAlchemyError:
        return "unavailable"
    finally:
        end_reading()
    return "ok"


def _storage_state() -> str:
    try:
        storage.current().check()
    except AttachmentError:
        return "unavailable"
    return "ok"
