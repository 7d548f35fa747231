"""What an id looks like in an address: one way to write each, so that no conversation has two addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

from webapp.messaging.access import LARGEST_KEY


class Number(IntegerConverter):
    """A number from 1 on in ASCII digits without leading zeros, which a key can be; nothing else leads anywhere."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the number; no row has a larger one than a database can hold."""
        number: int = super().to_python(value)
        if number > LARGEST_KEY:
            raise ValidationError
        return number


def set_up(app: Flask) -> None:
    """Let every ``<int:…>`` of a route be such a number; to be called before the routes are made."""
    app.url_map.converters["int"] = Number
