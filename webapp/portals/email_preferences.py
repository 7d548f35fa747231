"""The page on which people say when they want e-mails about new messages."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, render_template, request, url_for

from webapp.database import writing
from webapp.doors import limits
from webapp.doors.identity import current_viewer
from webapp.doors.portal import Portal
from webapp.messaging import queries
from webapp.notifications import preferences
from webapp.notifications.models import Frequency
from webapp.notifications.preferences import Person, Wishes
from webapp.portals import htmx

FREQUENCIES = {
    Frequency.AT_ONCE: ("At once", "A few minutes after the message, unless you have read it"),
    Frequency.HOURLY: ("Every hour", "One e-mail with all that is new"),
    Frequency.DAILY: ("Once a day", "One e-mail in the morning"),
    Frequency.NONE: ("Never", "You see new messages only here"),
}


def register(blueprint: Blueprint, portal: Portal) -> None:
    """Give a portal its page of e-mail preferences, beside the inbox."""
    path = portal.messages.removeprefix(portal.prefix).removesuffix("/messages") + "/email-preferences"
    blueprint.add_url_rule(path, "email_preferences", email_preferences)
    blueprint.add_url_rule(path, "choose_email", choose_email, methods=["POST"])


def email_preferences() -> str:
    """Show what the viewer has chosen."""
    viewer = current_viewer()
    return _page(preferences.wishes_of({_person()}).get(_person(), Wishes(timezone=viewer.timezone)))


@limits.changing
def choose_email() -> Response:
    """Remember what the viewer chooses; quiet hours come in pairs."""
    frequency = next((one for one in Frequency if one.value == request.form.get("frequency")), None)
    hours = {name: _hour(request.form.get(name, "")) for name in ("quiet_from", "quiet_until")}
    wishes = Wishes(
        frequency or Frequency.AT_ONCE, hours["quiet_from"], hours["quiet_until"], current_viewer().timezone
    )
    errors = {}
    if frequency is None:
        errors["frequency"] = "Choose when you want e-mails"
    if (wishes.quiet_from is None) != (wishes.quiet_until is None):
        errors["quiet_from"] = "Choose both hours, or none"
    elif wishes.quiet_from is not None and wishes.quiet_from == wishes.quiet_until:
        errors["quiet_from"] = "Quiet hours must end at another hour than they begin"
    if errors:
        return make_response(_page(wishes, errors), 422)
    with writing():
        preferences.choose(_person(), wishes)
    flash("E-mail preferences saved")
    return htmx.go(url_for(f"{g.portal.name}.email_preferences"))


def _person() -> Person:
    return current_viewer().side, current_viewer().id


def _hour(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) < 24 else None


def _page(wishes: Wishes, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "notifications/preferences.html",
        wishes=wishes,
        frequencies=FREQUENCIES,
        errors=errors or {},
        badge=queries.badge(current_viewer()),
    )
