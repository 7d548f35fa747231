"""flask demo: load the demo data, or say why not; with --live serve it, and let scripted people answer."""

from __future__ import annotations

import os

import click
import uvicorn
from flask import current_app
from flask.cli import with_appcontext

from webapp.cli.demo.loading import is_empty, load
from webapp.cli.demo.people import PASSWORD
from webapp.cli.refusals import clear_refusals
from webapp.config import Config


@click.command("demo")
@click.option("--live", is_flag=True, help="Then serve it, with scripted people who answer visitors.")
@with_appcontext
@clear_refusals()
def demo(live: bool) -> None:
    """Load the demo data into an empty database; a database with users in it is left alone."""
    config: Config = current_app.extensions["parley"]
    if config.is_production or not config.demo:
        raise click.ClickException("The demo is switched off (PARLEY_DEMO; never in production). Nothing was changed.")
    if is_empty():
        click.echo(f"Loaded the demo data: {load()}. The password of all accounts is {PASSWORD}.")
    else:
        click.echo("The database has users already. Nothing was changed.")
    if live:
        click.echo(f"Begin at {config.base_url.rstrip('/')}/demo. Stop with Ctrl+C.")
        _serve(config)


def _serve(config: Config) -> None:
    """Serve as ``make run`` does. The scripted people live in the server, whose settings come from the environment."""
    os.environ["PARLEY_DEMO_LIVE"] = "1"
    uvicorn.run(
        "webapp.asgi:app",
        host=config.host,
        port=config.port,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
