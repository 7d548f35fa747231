"""Checking and repairing: recount-unread and doctor."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from webapp.cli import checks
from webapp.cli.refusals import clear_refusals
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


@click.command("doctor")
@with_appcontext
@clear_refusals()
def doctor() -> None:
    """Check the database and say what is wrong; changes nothing."""
    healthy = True
    for check in checks.run():
        healthy = healthy and check.problem is None
        mark, words = ("ok   ", "") if check.problem is None else ("WRONG", f": {check.problem}")
        click.echo(f"{mark} {check.name}{words}")
    if not healthy:
        raise click.exceptions.Exit(1)
