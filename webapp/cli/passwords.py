"""Passwords of new accounts: read from PARLEY_PASSWORD, or asked for twice without showing them."""

from __future__ import annotations

import os

import click

from webapp.accounts.errors import Invalid
from webapp.accounts.passwords import MAX_LENGTH, MIN_LENGTH

VARIABLE = "PARLEY_PASSWORD"


def new_password(email: str) -> str:
    """Return the password that the new account shall have; raises Invalid when its length is refused."""
    password = os.environ.get(VARIABLE)
    if password is None:
        password = str(click.prompt(f"Password for {email}", hide_input=True, confirmation_prompt=True))
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid("password", f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    return password
