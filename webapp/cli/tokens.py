"""Making tokens of programs: create-token."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from webapp.accounts import sessions, tokens
from webapp.accounts.errors import Invalid
from webapp.accounts.models import Customer, Scope, User, UserRole
from webapp.accounts.service import AccountService, normalise_email
from webapp.cli.refusals import clear_refusals
from webapp.database import writing

PORTALS = ("admin", "store", "storefront")
accounts = AccountService()


@click.command("create-token")
@click.argument("email")
@click.option("--portal", required=True, type=click.Choice(PORTALS))
@click.option("--store", "code", help="The store's code; needed for the storefront and for users of several stores.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may be used for; give it twice for both.",
)
@click.option("--name", default="Made by flask create-token", show_default=True, help="What it is for.")
@click.option("--days", default=90, show_default=True, help=f"How long it lasts, up to {tokens.MOST_DAYS} days.")
@with_appcontext
@clear_refusals()
def create_token(email: str, portal: str, code: str | None, scopes: tuple[str, ...], name: str, days: int) -> None:
    """Make a token for a person's programs and print it; it cannot be shown again."""
    with writing():
        account = _customer(email, code) if portal == "storefront" else _user(email, UserRole(portal))
        store_id = _store_id(account, code)
        token = tokens.issue_long_lived(account, store_id, name, [Scope(scope) for scope in scopes], days)
    click.echo(f"A token of {account.name} <{account.email}> for {', '.join(scopes)}, {days} days:", err=True)
    click.echo(token)


def _customer(email: str, code: str | None) -> Customer:
    if code is None:
        raise Invalid("store", "Say --store: a customer belongs to one")
    store = accounts.find_store(code)
    customer = accounts.find_customer(store, email) if store else None
    if customer is None or not customer.is_active:
        raise Invalid("email", f"There is no active customer {normalise_email(email)} at {code}")
    return customer


def _user(email: str, role: UserRole) -> User:
    user = accounts.find_user(email)
    if user is None or user.role is not role or not user.is_active:
        raise Invalid("email", f"There is no active {role.value} user {normalise_email(email)}")
    return user


def _store_id(account: User | Customer, code: str | None) -> int | None:
    if isinstance(account, Customer):
        return account.store_id
    if account.role is UserRole.ADMIN:
        if code is not None:
            raise Invalid("store", "An admin acts in no store: leave out --store")
        return None
    stores = sessions.stores_of_user(account.id)
    if code is None and len(stores) > 1:
        raise Invalid("store", f"{account.name} works for {', '.join(one.code for one in stores)}: say --store")
    found = next((one for one in stores if code in {None, one.code}), None)
    if found is None:
        raise Invalid("store", f"{account.name} does not work for {code or 'any store'}")
    return found.id
