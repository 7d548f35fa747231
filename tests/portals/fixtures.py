"""The fixtures of every test that comes through a door: people, a browser, and signing in without the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.factories import saving
from tests.people import People
from tests.portals.visitor import Visitor
from webapp.accounts import sessions
from webapp.accounts.models import Customer, User
from webapp.accounts.sessions import Visit
from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.doors.portal import PORTALS, Portal
from webapp.extensions import limiter

SignIn = Callable[..., Visitor]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database; PostgreSQL in the slow half, since no door has SQL: the domain's tests ask both at once."""
    return request.param


@pytest.fixture
def people(app: Flask) -> People:
    """The small marketplace, saved in the app."""
    return People()


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A browser that is signed in nowhere."""
    return browser_of(app)


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Sign a person in at their portal, in a new browser or in one that is given."""

    def signed_in(viewer: Viewer, browser: Visitor | None = None) -> Visitor:
        browser = browser or browser_of(app)
        browser.set_cookie(f"parley_{portal_of_viewer(viewer).name}", start_session(viewer))
        return browser

    return signed_in


@pytest.fixture
def unlimited(app: Flask) -> Iterator[None]:
    """Switch the rate limits off, for tests that ask for more than a person would."""
    was, limiter.enabled = limiter.enabled, False
    yield
    limiter.enabled = was


def browser_of(app: Flask) -> Visitor:
    """Open a new browser."""
    return Visitor(app, app.response_class, use_cookies=True)


def start_session(viewer: Viewer) -> str:
    """Begin a session for a person and return the secret of its cookie."""
    with saving():
        account = session.get_one(Customer if viewer.is_customer else User, viewer.id)
        return sessions.start(account, viewer.store_id, Visit("127.0.0.1", "pytest"))


def portal_of_viewer(viewer: Viewer) -> Portal:
    """Return the portal of a person's side."""
    return next(portal for portal in PORTALS.values() if portal.side is viewer.side)


def inbox_of(viewer: Viewer) -> str:
    """Return the path of a person's inbox."""
    return portal_of_viewer(viewer).messages
