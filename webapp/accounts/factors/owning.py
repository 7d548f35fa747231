"""Whose a row is that holds a factor: a user's or a customer's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from webapp.accounts.factors.models import Authenticator, Passkey, RecoveryCode
from webapp.accounts.models import Customer, User

Account = User | Customer


def of(table: type[Authenticator | RecoveryCode | Passkey], account: Account) -> ColumnElement[bool]:
    """The condition that a row is the account's."""
    return table.customer_id == account.id if isinstance(account, Customer) else table.user_id == account.id


def key_of(account: Account) -> dict[str, Any]:
    """The columns that make a new row the account's."""
    return {"customer_id": account.id} if isinstance(account, Customer) else {"user_id": account.id}
