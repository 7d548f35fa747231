"""Ending and restoring what somebody, or a whole store, may do: deactivate and activate."""

from __future__ import annotations

from typing import NamedTuple

import click
from flask.cli import with_appcontext

from webapp.accounts import in_charge
from webapp.accounts.errors import Invalid
from webapp.accounts.factors import second
from webapp.accounts.models import Customer, Side, StoreMember, User
from webapp.accounts.service import AccountService, normalise_email
from webapp.audit import log
from webapp.audit.models import Action
from webapp.cli.accounts import existing_store
from webapp.cli.refusals import clear_refusals
from webapp.database import now, session, writing
from webapp.messaging import membership, returning
from webapp.notifications import account_letters

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
        if found.side is Side.ADMIN and in_charge.admins() == {found.person}:
            raise Invalid("email", "The platform needs an admin: make another one first, with 'flask create-admin'")
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
        accounts.activate(found.account)
        count = returning.come_back(found.side, found.person, found.store_id)
    click.echo(f"{found.words} is active, and back in {count} conversations.")


@click.command("reset-second-step")
@click.argument("email")
@click.option("--store", "code", help="With --customer: the store of the account.")
@click.option("--customer", is_flag=True, help="The customer of --store, not the user.")
@with_appcontext
@clear_refusals()
def reset_second_step(email: str, code: str | None, customer: bool) -> None:
    """End the second step of somebody who lost their app and their recovery codes."""
    with writing():
        found = _find(email, code if customer else None, customer)
        if isinstance(found.account, StoreMember) or not second.switch_off(found.account):
            raise Invalid("email", f"{found.words} has no second step")
        account_letters.notice(found.account, "The platform ended your second step: the password alone signs in.")
        log.note(None, Action.SECOND_STEP_OFF, "customer" if customer else "user", found.person)
    click.echo(f"{found.words} signs in with the password alone now.")


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
        accounts.switch_store(store, is_active=is_active)
        action = Action.ACCOUNT_ACTIVATED if is_active else Action.ACCOUNT_DEACTIVATED
        log.note(None, action, "store", store.id, store_id=store.id)
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
