"""The command line: what operators do without a browser; every command is registered here, and loaded when called."""

from __future__ import annotations

import os
from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from webapp.extensions import prepare_migrations

COMMANDS = {
    "create-admin": "accounts",
    "create-store": "accounts",
    "create-member": "accounts",
    "create-customer": "accounts",
    "create-token": "tokens",
    "deactivate": "activity",
    "activate": "activity",
    "reset-second-step": "activity",
    "deactivate-store": "activity",
    "activate-store": "activity",
    "import-threads": "importing",
    "recount-unread": "maintenance",
    "reindex": "maintenance",
    "sweep-attachments": "maintenance",
    "delete-attachment": "maintenance",
    "prune-audit-log": "maintenance",
    "apply-retention": "maintenance",
    "scan-attachments": "maintenance",
    "move-storage": "maintenance",
    "doctor": "maintenance",
    "grant-role": "database_role",
    "demo": "demo",
    "prepare-run": "running",
    "worker": "working",
    "inbound": "inbound",
}
"""The module of each command, which has it under the same name with underscores. A server needs none of them."""


class Commands(AppGroup):
    """The commands of ``flask``, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(f"webapp.cli.{COMMANDS[cmd_name]}"), cmd_name.replace("-", "_"))
        return command


def register(app: Flask) -> None:
    """Add Parley's commands to ``flask``."""
    if os.environ.get("FLASK_RUN_FROM_CLI"):
        prepare_migrations(app)
    app.cli = Commands(app.cli.name, commands=app.cli.commands)
