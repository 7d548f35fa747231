"""The specification and the page that shows it, for everybody; no script and no other origin."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from webapp.api import openapi
from webapp.api.problems import KINDS
from webapp.doors.portal import API, config


def make_blueprint() -> Blueprint:
    """Return the two addresses."""
    blueprint = Blueprint("api", __name__, url_prefix=API)
    blueprint.add_app_template_filter(_pretty, "pretty")
    blueprint.add_url_rule("/openapi.json", "specification", specification, provide_automatic_options=False)
    blueprint.add_url_rule("/docs", "documentation", documentation, provide_automatic_options=False)
    return blueprint


def specification() -> Response:
    """Give the specification."""
    text = json.dumps(openapi.specification(config().base_url), ensure_ascii=False)
    return current_app.response_class(text, content_type="application/json")


def documentation() -> str:
    """Show the specification to people."""
    whole = openapi.specification(config().base_url)
    return render_template("api/documentation.html", api=whole, sections=_sections(whole), problems=KINDS)


def _pretty(value: object) -> str:
    """Return an example as people read JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _sections(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each portal with its operations, in the order of the specification."""
    found: dict[str, dict[str, Any]] = {
        tag["name"]: {"name": tag["name"], "words": tag["description"], "operations": []} for tag in whole["tags"]
    }
    for path, item in whole["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                shown = {**operation, "method": method.upper(), "path": path, "variables": item.get("parameters", [])}
                found[operation["tags"][0]]["operations"].append(shown)
    return list(found.values())
