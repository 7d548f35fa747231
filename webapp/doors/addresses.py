"""What an id looks like in an address: one way to write each, so that no conversation has two addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """A number from 1 on in ASCII digits without leading zeros; nothing else leads anywhere, however many digits."""

    regex = "[1-9][0-9]{0,18}"


def set_up(app: Flask) -> None:
    """Let every ``<int:…>`` of a route be such a number; to be called before the routes are made."""
    app.url_map.converters["int"] = Number
