"""flask demo: load the demo data, or say why not."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.cli.demo.loading import is_empty, load
from webapp.cli.demo.people import PASSWORD
from webapp.cli.refusals import clear_refusals
from webapp.config import Config


@click.command("demo")
@with_appcontext
@clear_refusals()
def demo() -> None:
    """Load the demo data into an empty database; a database with users in it is left alone."""
    config: Config = current_app.extensions["parley"]
    if config.is_production or not config.demo:
        raise click.ClickException("The demo is switched off (PARLEY_DEMO; never in production). Nothing was changed.")
    if not is_empty():
        click.echo("The database has users already. Nothing was changed.")
        return
    click.echo(f"Loaded the demo data: {load()}. The password of all accounts is {PASSWORD}.")
