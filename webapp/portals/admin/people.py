"""Finding a person by their e-mail, and erasing what says who they are."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.accounts.models import Side
from webapp.database import writing
from webapp.doors import limits
from webapp.doors.guard import dangerous, sees_reported
from webapp.doors.identity import current_viewer
from webapp.messaging import person_data, queries
from webapp.messaging.errors import Invalid
from webapp.messaging.text import without_control_characters
from webapp.notifications.inbound.forgetting import forget_person
from webapp.portals import htmx

SIDES = {"user": (Side.ADMIN, Side.STORE), "customer": (Side.CUSTOMER,)}


def register(blueprint: Blueprint) -> None:
    """Give the platform's portal the page of a person's data."""
    blueprint.add_url_rule("/people", "people", people)
    blueprint.add_url_rule("/people/<kind>/<int:account_id>/erase", "erase_person", erase, methods=["POST"])


@sees_reported
def people() -> str | tuple[str, int]:
    """Show the accounts of an e-mail, with what an erasure would do."""
    return _page({})


@sees_reported
@dangerous
@limits.changing
def erase(kind: str, account_id: int) -> Response:
    """Erase an account whose e-mail was typed once more."""
    try:
        with writing():
            person_data.erase(current_viewer(), kind, account_id, request.form.get("typed", ""))
            forget_person(SIDES[kind], account_id)
    except Invalid as error:
        page, _ = _page({f"{kind}-{account_id}": error.message})
        return make_response(page, 422)
    flash("Erased: nothing says any more who this was")
    return htmx.go(url_for("admin.people"))


def _page(errors: dict[str, str]) -> tuple[str, int]:
    viewer = current_viewer()
    email = without_control_characters(request.values.get("email", "")).strip()[:254]
    try:
        found = person_data.find(viewer, email) if email else []
    except Invalid as error:
        found, errors = [], {"email": error.message}
    page = render_template("admin/people.html", email=email, found=found, errors=errors, badge=queries.badge(viewer))
    return page, 422 if errors else 200
