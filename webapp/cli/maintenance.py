"""Checking and repairing: recount-unread, sweep-attachments, delete-attachment and doctor."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from webapp.attachments import sweeping
from webapp.attachments.service import MessageAttachmentService
from webapp.cli import checks
from webapp.cli.refusals import clear_refusals
from webapp.database import writing
from webapp.messaging import maintenance


@click.command("recount-unread")
@click.option("--dry-run", is_flag=True, help="Only report what is wrong.")
@with_appcontext
@clear_refusals()
def recount_unread(dry_run: bool) -> None:
    """Count all unread messages anew, and repair what is wrong."""
    progress, repairs = maintenance.Recount(), 0
    for repair in maintenance.recount(progress, repair=not dry_run):
        repairs += 1
        click.echo(str(repair))
    outcome = "nothing to repair"
    if repairs:
        outcome = f"{repairs:,} {'to repair' if dry_run else 'repaired'}"
    click.echo(f"Checked {progress.conversations:,} conversations and {progress.inboxes:,} inboxes: {outcome}.")


@click.command("sweep-attachments")
@with_appcontext
@clear_refusals()
def sweep_attachments() -> None:
    """Remove files that crashes left without their message, once they are an hour old."""
    count = size = 0
    for path, bytes_of_it in sweeping.sweep():
        count, size = count + 1, size + bytes_of_it
        click.echo(f"removed {path}")
    click.echo(f"Swept {count:,} files, {size:,} bytes." if count else "Nothing to sweep.")


@click.command("delete-attachment")
@click.argument("attachment_id", type=click.UUID)
@with_appcontext
@clear_refusals()
def delete_attachment(attachment_id: UUID) -> None:
    """Delete one attachment for good, file and all; its message stays."""
    with writing():
        gone = maintenance.delete_attachment(attachment_id)
    if gone is None:
        raise click.ClickException(f"There is no attachment {attachment_id}.")
    MessageAttachmentService().discard([gone])
    click.echo(f"Deleted {gone.filename}.")


@click.command("doctor")
@with_appcontext
@clear_refusals()
def doctor() -> None:
    """Check the database and the files and say what is wrong; changes nothing."""
    healthy = True
    for check in checks.run():
        healthy = healthy and check.problem is None
        mark, words = ("ok   ", "") if check.problem is None else ("WRONG", f": {check.problem}")
        click.echo(f"{mark} {check.name}{words}")
    if not healthy:
        raise click.exceptions.Exit(1)
