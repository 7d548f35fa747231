"""The page on which admins change the platform's settings."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.accounts import own_sessions
from webapp.database import writing
from webapp.doors.guard import dangerous
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.messaging.service import MessagingService
from webapp.portals import htmx
from webapp.settings.definitions import DEFINITIONS, SECOND_FACTORS, Definition, Value
from webapp.settings.service import PlatformSettings


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/settings", "settings", settings)
    blueprint.add_url_rule("/settings", "change_settings", change_settings, methods=["POST"])


def settings() -> str:
    """Show every setting with its value."""
    values = PlatformSettings().all()
    return _page({key: DEFINITIONS[key].format(value) for key, value in values.items()}, {})


@dangerous
def change_settings() -> Response | tuple[str, int]:
    """Change the settings that were sent, all or none; a switch that is off sends nothing."""
    typed: dict[str, str] = {}
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for key, definition in DEFINITIONS.items():
        off = "false" if isinstance(definition.default, bool) else ""
        typed[key] = request.form.get(key, off)
        try:
            values[key] = definition.parse(typed[key])
        except ValueError as error:
            errors[key] = str(error)
    if errors:
        return _page(typed, errors), 422
    with writing():
        changed = MessagingService().change_settings(current_viewer().id, values)
        if changed & SECOND_FACTORS:
            own_sessions.restrict_where_required()
    flash("Settings saved")
    return htmx.go(url_for("admin.settings"))


def _categories() -> dict[str, list[Definition]]:
    """Return the settings by category, in the order in which they are defined: messaging first."""
    categories: dict[str, list[Definition]] = {}
    for definition in DEFINITIONS.values():
        categories.setdefault(definition.category, []).append(definition)
    return categories


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/settings.html",
        categories=_categories(),
        typed=typed,
        errors=errors,
        badge=queries.badge(current_viewer()),
    )
