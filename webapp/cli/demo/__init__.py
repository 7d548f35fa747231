"""The demo: a marketplace with living inboxes, loaded into an empty database."""

from webapp.cli.demo.command import demo

__all__ = ["demo"]
