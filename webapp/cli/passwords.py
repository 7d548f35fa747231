"""Passwords of new accounts: read from PARLEY_PASSWORD, or asked for twice without showing them."""

from __future__ import annotations

import os

import click

from webapp.accounts.passwords import check_new_password

VARIABLE = "PARLEY_PASSWORD"


def new_password(email: str) -> str:
    """Return the password that the new account shall have; raises Invalid for one that is refused."""
    password = os.environ.get(VARIABLE)
    if password is None:
        password = str(click.prompt(f"Password for {email}", hide_input=True, confirmation_prompt=True))
    check_new_password(password, email)
    return password
