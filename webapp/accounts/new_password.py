"""Giving an account a new password: all that rests on the old one ends."""

from __future__ import annotations

from sqlalchemy import delete

from webapp.accounts import tokens
from webapp.accounts.factors.models import SignInChallenge
from webapp.accounts.link_models import AccountLink
from webapp.accounts.models import Customer, SignInSession, User
from webapp.database import session


def give(account: User | Customer, password_hash: str) -> None:
    """Set the password, and end sessions, sign-ins that wait for a second step, links for a reset, and tokens.

    Tokens that the person made for programs stay; those of programs that signed in with the password end.
    """
    account.password_hash = password_hash
    session.flush()
    for table in (SignInSession, SignInChallenge, AccountLink):
        person = table.customer_id if isinstance(account, Customer) else table.user_id
        session.execute(delete(table).where(person == account.id))
    tokens.end_sign_ins_of(account)
