"""What the domain or the database refuses, as an error of the command line: one clear line and exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from webapp.accounts.errors import Invalid
from webapp.messaging.errors import MessagingError


@contextmanager
def clear_refusals() -> Iterator[None]:
    """Turn refusals into click errors; use it as a decorator below ``click.command``."""
    try:
        yield
    except Invalid as error:
        raise click.ClickException(error.message) from error
    except MessagingError as error:
        raise click.ClickException(error.message) from error
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            f"The database refused: {str(error.orig).strip()}\nIf it is new, run 'flask db upgrade' first."
        ) from error
