"""grant-role: the role as which requests run on PostgreSQL, so that the database too holds them to their rows."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from webapp import row_security
from webapp.database import is_postgresql, session, writing


@click.command("grant-role")
@click.argument("name")
@with_appcontext
def grant_role(name: str) -> None:
    """Make the role NAME, unless it is there, and let it use all tables; then set PARLEY_DATABASE_ROLE to it."""
    if not is_postgresql():
        raise click.ClickException("Only PostgreSQL has roles.")
    with writing():
        try:
            row_security.grant(session.connection(), name)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Set PARLEY_DATABASE_ROLE={name}: requests run as it from the next start on.")
