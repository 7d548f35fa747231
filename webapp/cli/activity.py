"""Ending and restoring what somebody, or a whole store, may do: deactivate and activate."""

from __future__ import annotations

from typing import NamedTuple

import click
from flask.cli import with_appcontext

from webapp.accounts.errors import Invalid
from webapp.accounts.models import Customer, Side, StoreMember, User
from webapp.accounts.service import AccountService, normalise_email
from webapp.cli.accounts import existing_store
from webapp.cli.refusals import clear_refusals
from webapp.database import now, session, writing
from webapp.messaging import maintenance, membership

accounts = AccountService()


class Found(NamedTuple):
    """An account, the words for it, and the inboxes it concerns: one store's, or all."""

    account: User | StoreMember | Customer
    words: str
    side: Side
    person: int
    store_id: int | None


@click.command("deactivate")
@click.argument("email")
@click.option("--store", "code", help="Only their membership of this store, or with --customer their account there.")
@click.option("--customer", is_flag=True, help="The customer of --store, not the user.")
@with_appcontext
@clear_refusals()
def deactivate(email: str, code: str | None, customer: bool) -> None:
    """Sign somebody out and let them do nothing any more; their messages stay."""
    with writing():
        found = _find(email, code, customer)
        accounts.deactivate(found.account)
        membership.leave(found.side, found.person, found.store_id, now())
    click.echo(f"{found.words} is deactivated.")


@click.command("activate")
@click.argument("email")
@click.option("--store", "code", help="Only their membership of this store, or with --customer their account there.")
@click.option("--customer", is_flag=True, help="The customer of --store, not the user.")
@with_appcontext
@clear_refusals()
def activate(email: str, code: str | None, customer: bool) -> None:
    """Undo deactivate: they can sign in again and are back in their conversations."""
    with writing():
        found = _find(email, code, customer)
        found.account.is_active = True
        session.flush()
        count = maintenance.come_back(found.side, found.person, found.store_id)
    click.echo(f"{found.words} is active, and back in {count} conversations.")


@click.command("deactivate-store")
@click.argument("code")
@with_appcontext
@clear_refusals()
def deactivate_store(code: str) -> None:
    """Sign everybody out of a store, its customers too, and let nobody in; its conversations stay."""
    _switch_store(code, is_active=False)


@click.command("activate-store")
@click.argument("code")
@with_appcontext
@clear_refusals()
def activate_store(code: str) -> None:
    """Undo deactivate-store."""
    _switch_store(code, is_active=True)


def _switch_store(code: str, *, is_active: bool) -> None:
    with writing():
        store = existing_store(code)
        store.is_active = is_active
    click.echo(f"{store.name} is {'active' if is_active else 'deactivated'}.")


def _find(email: str, code: str | None, customer: bool) -> Found:
    address = normalise_email(email)
    if customer:
        if not code:
            raise Invalid("store", "A customer belongs to a store: give --store too")
        return _find_customer(address, code)
    user = accounts.find_user(address)
    if user is None:
        raise Invalid("email", f"There is no user {address}")
    if code is None:
        return Found(user, user.email, Side(user.role.value), user.id, None)
    store = existing_store(code)
    member = session.get(StoreMember, (store.id, user.id))
    if member is None:
        raise Invalid("email", f"{address} does not work for {store.name}")
    return Found(member, f"{address} at {store.name}", Side.STORE, user.id, store.id)


def _find_customer(address: str, code: str) -> Found:
    store = existing_store(code)
    customer = accounts.find_customer(store, address)
    if customer is None:
        raise Invalid("email", f"{store.name} has no customer {address}")
    return Found(customer, f"{address} at {store.name}", Side.CUSTOMER, customer.id, store.id)
