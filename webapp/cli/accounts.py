"""Making people and stores: create-admin, create-store, create-member, create-customer."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from webapp.accounts.errors import Invalid
from webapp.accounts.models import MemberRole, Side, Store, User, UserRole
from webapp.accounts.service import AccountService, clean_name, normalise_email
from webapp.cli.passwords import new_password
from webapp.cli.refusals import clear_refusals
from webapp.database import reading, writing
from webapp.messaging.returning import come_back

accounts = AccountService()


@click.command("create-admin")
@click.argument("email")
@click.option("--name", required=True, help="The name colleagues see.")
@with_appcontext
@clear_refusals()
def create_admin(email: str, name: str) -> None:
    """Make an admin of the platform."""
    clean_name(name)
    with reading():
        if accounts.find_user(email):
            raise Invalid("email", f"There is a user {normalise_email(email)} already")
    password = new_password(email)
    with writing():
        admin = accounts.create_admin(email, name, password)
    click.echo(f"{admin.name} <{admin.email}> is an admin.")


@click.command("create-store")
@click.argument("code")
@click.option("--name", required=True, help="The store's name.")
@click.option("--owner", "email", required=True, help="E-mail of its owner, who is made when missing.")
@click.option("--owner-name", help="Name of an owner who is made; by default the e-mail's first part.")
@with_appcontext
@clear_refusals()
def create_store(code: str, name: str, email: str, owner_name: str | None) -> None:
    """Make a store; its owner is made too, when missing."""
    with reading():
        if accounts.find_store(code):
            raise Invalid("code", f"There is a store with the code {code} already")
        store_user(email)
    password = password_if_new(email)
    with writing():
        store = accounts.create_store(code, name)
        owner = store_user(email) or accounts.create_store_user(email, owner_name or name_of(email), password)
        accounts.add_member(store, owner, MemberRole.OWNER)
    click.echo(f"{store.name} ({store.code}) belongs to {owner.name} <{owner.email}>.")


@click.command("create-member")
@click.argument("email")
@click.option("--store", "code", required=True, help="The store's code.")
@click.option("--role", required=True, type=click.Choice([role.value for role in MemberRole]))
@click.option("--name", help="Needed for a new user; an existing one keeps their name.")
@with_appcontext
@clear_refusals()
def create_member(email: str, code: str, role: str, name: str | None) -> None:
    """Let somebody work for a store; the user is made when missing."""
    with reading():
        existing_store(code)
        if not store_user(email) and not name:
            raise Invalid("name", f"There is no user {normalise_email(email)} yet: give --name to make one")
    password = password_if_new(email)
    with writing():
        store = existing_store(code)
        user = store_user(email) or accounts.create_store_user(email, name or "", password)
        accounts.add_member(store, user, MemberRole(role))
        come_back(Side.STORE, user.id, store.id)
    click.echo(f"{user.name} <{user.email}> works for {store.name} as {role}.")


@click.command("create-customer")
@click.argument("email")
@click.option("--store", "code", required=True, help="The store's code.")
@click.option("--name", required=True)
@with_appcontext
@clear_refusals()
def create_customer(email: str, code: str, name: str) -> None:
    """Make a customer of a store."""
    clean_name(name)
    with reading():
        store = existing_store(code)
        if accounts.find_customer(store, email):
            raise Invalid("email", f"{store.name} has a customer {normalise_email(email)} already")
    password = new_password(email)
    with writing():
        store = existing_store(code)
        customer = accounts.create_customer(store, email, name, password)
    click.echo(f"{customer.name} <{customer.email}> is a customer of {store.name}.")


def existing_store(code: str) -> Store:
    """Find a store by its code; raises Invalid when there is none."""
    if store := accounts.find_store(code):
        return store
    raise Invalid("store", f"There is no store with the code {code}")


def store_user(email: str) -> User | None:
    """Find a user who can work for stores; raises Invalid for an admin or somebody deactivated."""
    user = accounts.find_user(email)
    if user and user.role is not UserRole.STORE:
        raise Invalid("email", f"{user.email} is an admin of the platform and cannot work for a store")
    if user and not user.is_active:
        raise Invalid("email", f"{user.email} is deactivated: run 'flask activate {user.email}' first")
    return user


def password_if_new(email: str) -> str | None:
    """Ask for the password of somebody who has to be made; an existing user keeps theirs."""
    with reading():
        known = accounts.find_user(email) is not None
    return None if known else new_password(email)


def name_of(email: str) -> str:
    """Return the part before the @, for want of a name."""
    return normalise_email(email).split("@", maxsplit=1)[0]
