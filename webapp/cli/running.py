"""What make run does before it serves: the demo data into an empty database, and the three links to sign in."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.cli.demo.loading import is_empty, load
from webapp.cli.demo.people import PASSWORD
from webapp.cli.refusals import clear_refusals
from webapp.config import Config


@click.command("prepare-run")
@with_appcontext
@clear_refusals()
def prepare_run() -> None:
    """Load the demo data when it is wanted and the database is empty; print where to sign in."""
    config: Config = current_app.extensions["parley"]
    if config.demo and is_empty():
        click.echo(f"Loaded the demo data: {load()}.")
    base = config.base_url.rstrip("/")
    click.echo("Parley is starting. Sign in at")
    click.echo(f"  {base}/admin/login                          the platform")
    click.echo(f"  {base}/store/login                          a store")
    click.echo(f"  {base}/storefront/login?store=harbor-goods  a customer")
    if config.demo:
        click.echo(f"New here? Begin at {base}/demo")
        click.echo(f"Demo accounts: ada@parley.example, olga@harbor.example, mara@customers.example ({PASSWORD}).")
    click.echo("Stop with Ctrl+C.")
