"""Checking and repairing: recount-unread, sweep-attachments, delete-attachment, prune-audit-log and doctor."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from webapp.attachments import moving, rescanning, scanning, storage, sweeping
from webapp.attachments.service import MessageAttachmentService
from webapp.audit import log
from webapp.audit.models import Action
from webapp.cli import checks
from webapp.cli.refusals import clear_refusals
from webapp.config import ROOT
from webapp.database import reading, writing
from webapp.doors import retaining
from webapp.messaging import maintenance, retention, single_files
from webapp.search import indexing as search_index
from webapp.search.indexing import Progress
from webapp.settings.definitions import AUDIT_RETENTION_DAYS
from webapp.settings.service import PlatformSettings


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


@click.command("reindex")
@with_appcontext
@clear_refusals()
def reindex() -> None:
    """Make the search index anew, after a change of names or a repair of the database."""
    progress = Progress()
    for progress in search_index.reindex():
        if progress.messages % 100_000 == 0:
            click.echo(f"{progress.messages:,} messages ...")
    click.echo(f"Indexed {progress.messages:,} messages, {progress.corrected:,} of them by other words than before.")


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
        gone = single_files.delete_attachment(attachment_id)
        if gone:
            log.note(None, Action.ATTACHMENT_DELETED, "attachment", attachment_id)
    if gone is None:
        raise click.ClickException(f"There is no attachment {attachment_id}.")
    MessageAttachmentService().discard([gone])
    click.echo(f"Deleted {gone.filename}.")


@click.command("scan-attachments")
@with_appcontext
@clear_refusals()
def scan_attachments() -> None:
    """Scan the files that could not be scanned when they were sent."""
    if not scanning.current().is_there:
        raise click.ClickException("There is no virus scanner: set PARLEY_CLAMD_URL.")
    count = 0
    for found in rescanning.rescan():
        count += 1
        click.echo(f"{found.scan.state.value} {found.filename}{': ' + found.scan.note if found.scan.note else ''}")
    click.echo(f"Scanned {count:,} files.")


@click.command("move-storage")
@click.argument("url")
@with_appcontext
@clear_refusals()
def move_storage(url: str) -> None:
    """Copy every file into the storage at URL, while people go on; run it again after switching over.

    Then set PARLEY_STORAGE_URL to URL, restart, and run it once more from the old settings for what came meanwhile.
    """
    target = storage.open_storage(url, ROOT)
    target.check()
    copied = there = wrong = 0
    for found in moving.copy_all(target):
        copied, there = copied + found.is_new, there + (not found.is_new and not found.problem)
        if found.problem:
            wrong += 1
            click.echo(f"{found.storage_path} {found.problem}")
    click.echo(f"Copied {copied:,} files, {there:,} were there already, {wrong:,} cannot be copied.")
    if wrong:
        raise click.exceptions.Exit(1)


@click.command("prune-audit-log")
@with_appcontext
@clear_refusals()
def prune_audit_log() -> None:
    """Delete the entries of the audit log that are older than the setting says."""
    with writing():
        days = PlatformSettings().get(AUDIT_RETENTION_DAYS)
        count = log.prune(int(days))
    click.echo(f"Deleted {count:,} entries older than {days} days.")


@click.command("apply-retention")
@click.option("--yes", is_flag=True, help="Delete; without it, only say what is due.")
@with_appcontext
@clear_refusals()
def apply_retention(yes: bool) -> None:
    """Delete the closed conversations that are older than the settings say, but for what is held."""
    with reading():
        due = retention.preview()
    for one in due:
        words = f"{one.conversations:,} conversations, {one.messages:,} messages, {one.files:,} files are due"
        kept = f"older than {one.days:,} days: {words}, {one.held:,} held back" if one.days else "kept for ever"
        click.echo(f"{one.channel.value}: {kept}")
    if yes:
        conversations, files = retaining.apply(None)
        click.echo(f"Deleted {conversations:,} conversations with {files:,} files.")


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
