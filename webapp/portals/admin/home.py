"""The admin's start page."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.doors.identity import current_viewer
from webapp.messaging import queries


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("", "home", home)


def home() -> str:
    """Show the ways on: messages and settings."""
    return render_template("admin/home.html", badge=queries.badge(current_viewer()))
