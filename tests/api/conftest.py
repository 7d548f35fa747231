"""Tests of the JSON door share the people of every door, and programs that act for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.api.program import Program
from tests.factories import saving
from tests.portals.fixtures import backend, people, sign_in, stranger, unlimited
from webapp.accounts import tokens
from webapp.accounts.models import Customer, Scope, TokenKind, User
from webapp.accounts.tokens import SIGN_IN_LASTS
from webapp.accounts.viewer import Viewer
from webapp.database import now, session

__all__ = ["backend", "people", "sign_in", "stranger", "unlimited"]

ProgramOf = Callable[..., Program]


def token_of(viewer: Viewer, scopes: tuple[Scope, ...] = tuple(Scope)) -> str:
    """Make a token of a person."""
    with saving():
        account = session.get_one(Customer if viewer.is_customer else User, viewer.id)
        until = now() + SIGN_IN_LASTS
        return tokens.issue(account, viewer.store_id, TokenKind.LONG_LIVED, "Tests", scopes, until)


@pytest.fixture
def program(app: Flask) -> ProgramOf:
    """Give the program of a person: it asks with a token of theirs."""

    def of(viewer: Viewer, *scopes: Scope) -> Program:
        return Program(app, viewer, token_of(viewer, scopes or tuple(Scope)))

    return of
