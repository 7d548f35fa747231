"""flask import-threads: read the file, show how far it is, and say at the end what was imported and what was not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from webapp.accounts.service import AccountService
from webapp.cli.accounts import name_of, password_if_new, store_user
from webapp.cli.importing.batches import BATCH, Count, Importer
from webapp.cli.importing.parsing import BadLine, ParsedThread, parse
from webapp.cli.importing.source import BrokenFile, Source
from webapp.cli.refusals import clear_refusals
from webapp.database import now, reading, writing

SHOWN = 100
"""Skipped lines that are listed; of more there is the number."""


@click.command("import-threads")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--owner", "email", required=True, help="E-mail of the store user who takes part; made when missing.")
@click.option("--strict", is_flag=True, help="Import nothing when any line is bad.")
@with_appcontext
@clear_refusals()
def import_threads(path: Path, email: str, strict: bool) -> None:
    """Import conversations from FILE.jsonl[.gz], one JSON object a line; what is there already stays as it is."""
    source, count = Source(path), Count()
    if strict:
        _refuse_bad_lines(source)
    importer = Importer(_owner_id(email), now(), count)
    try:
        _read(source, importer.write, lambda number, why: count.skipped.append((number, why)))
    except BrokenFile as error:
        _report(count)
        raise click.ClickException(f"{error}. Run it again with the whole file.") from error
    _report(count)


def _owner_id(email: str) -> int:
    with reading():
        store_user(email)
    password = password_if_new(email)
    with writing():
        accounts = AccountService()
        return (store_user(email) or accounts.create_store_user(email, name_of(email), password)).id


def _refuse_bad_lines(source: Source) -> None:
    def refuse(number: int, why: str) -> None:
        raise click.ClickException(f"Line {number}: {why}. Nothing was imported.")

    try:
        _read(source, lambda _: None, refuse, label="Checking")
    except BrokenFile as error:
        raise click.ClickException(f"{error}. Nothing was imported.") from error


def _read(
    source: Source,
    write: Callable[[list[ParsedThread]], None],
    refuse: Callable[[int, str], None],
    label: str = "Importing",
) -> None:
    """Hand the conversations to ``write`` in batches and bad lines to ``refuse``, behind a progress bar."""
    batch: list[ParsedThread] = []
    with click.progressbar(length=source.size, label=label) as bar:
        for number, line in source.lines():
            try:
                batch.append(parse(line))
            except BadLine as error:
                refuse(number, str(error))
            if len(batch) == BATCH:
                write(batch)
                batch = []
                bar.update(source.position - bar.pos)
        write(batch)
        bar.update(source.size - bar.pos)


def _report(count: Count) -> None:
    for number, why in count.skipped[:SHOWN]:
        click.echo(f"Line {number} skipped: {why}", err=True)
    if len(count.skipped) > SHOWN:
        click.echo(f"... and {len(count.skipped) - SHOWN:,} more", err=True)
    if count.new_stores:
        click.echo(f"New stores: {', '.join(count.new_stores)}.")
    click.echo(
        f"Imported {count.conversations:,} conversations with {count.messages:,} messages; "
        f"{count.already_there:,} already there, {count.empty_texts:,} empty texts, "
        f"{len(count.skipped):,} lines skipped."
    )
