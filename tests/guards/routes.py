"""Every route of the application, so that new ones are guarded by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from webapp.accounts.viewer import Viewer
from webapp.doors.portal import portal_of

PUBLIC = {
    "static",
    "site.front",
    "site.demo",
    "site.colour",
    "site.be_everybody",
    "site.health",
    "site.ready",
    "metrics",
    "site.security_txt",
    "mail.unsubscribe",
    "mail.end_mails",
    "api.specification",
    "api.documentation",
} | {
    name.format(portal=portal)
    for portal in ("admin", "store", "storefront")
    for name in (
        "{portal}.login",
        "{portal}.demo_sign_in",
        "{portal}.sign_in_step",
        "{portal}.finish_sign_in",
        "{portal}.passkey_sign_in",
        "{portal}.begin_passkey_sign_in",
        "{portal}.finish_passkey_sign_in",
        "{portal}.forgot",
        "{portal}.ask_for_reset",
        "{portal}.reset",
        "{portal}.set_password",
        "{portal}.join",
        "{portal}.accept_invitation",
        "api_{portal}.create_token",
    )
} - {"storefront.join", "storefront.accept_invitation"}
"""Anybody may ask for these; add a route here only with a reason to show it to the world."""

A_UUID = "00000000-0000-4000-8000-000000000000"
MISSING = 987_654_321


@dataclass(frozen=True)
class Route:
    """One method of one rule."""

    method: str
    rule: Rule

    @property
    def endpoint(self) -> str:
        return self.rule.endpoint

    @property
    def name(self) -> str:
        """The endpoint without its portal."""
        return self.endpoint.rpartition(".")[2]

    @property
    def of_programs(self) -> bool:
        """Whether it is a route of the JSON API."""
        return str(self.rule).startswith("/api/")

    @property
    def of_conversation(self) -> bool:
        return "conversation_id" in self.rule.arguments

    def path(self, conversation_id: int = MISSING, attachment_id: object = A_UUID) -> str:
        """Return an address of the route; what is no id of these two is filled in with something of its kind."""
        given = {"conversation_id": conversation_id, "attachment_id": attachment_id}
        values = dict.fromkeys(self.rule.arguments, A_UUID) | given
        converters = self.rule._converters
        for name in self.rule.arguments - given.keys():
            if isinstance(converters[name], IntegerConverter):
                values[name] = 1
        built = self.rule.build({name: values[name] for name in self.rule.arguments}, append_unknown=False)
        assert built is not None
        return built[1]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask, *methods: str) -> list[Route]:
    """Return every route, for these methods, or for all but HEAD and OPTIONS, which Flask adds by itself."""
    found = [
        Route(method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if (method in methods if methods else method not in {"HEAD", "OPTIONS"})
    ]
    assert found
    return found


def routes_of(app: Flask, viewer: Viewer, *methods: str) -> list[Route]:
    """Return the guarded routes of the viewer's portal."""
    return [
        route
        for route in routes(app, *methods)
        if route.endpoint not in PUBLIC
        and (portal := portal_of(str(route.rule))) is not None
        and portal.side is viewer.side
    ]
