"""The command line: what operators do without a browser; every command is registered here."""

from __future__ import annotations

from flask import Flask

from webapp.cli.accounts import create_admin, create_customer, create_member, create_store
from webapp.cli.activity import activate, activate_store, deactivate, deactivate_store
from webapp.cli.demo import demo
from webapp.cli.importing import import_threads
from webapp.cli.maintenance import delete_attachment, doctor, recount_unread, sweep_attachments
from webapp.cli.running import prepare_run
from webapp.cli.tokens import create_token

COMMANDS = (
    create_admin,
    create_store,
    create_member,
    create_customer,
    create_token,
    deactivate,
    activate,
    deactivate_store,
    activate_store,
    import_threads,
    recount_unread,
    sweep_attachments,
    delete_attachment,
    doctor,
    demo,
    prepare_run,
)


def register(app: Flask) -> None:
    """Add Parley's commands to ``flask``."""
    for command in COMMANDS:
        app.cli.add_command(command)
