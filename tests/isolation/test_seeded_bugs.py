"""The machine finds every seeded bug at each door: a proof that cannot fail would prove nothing."""

from __future__ import annotations

import pytest

from tests.isolation.api_driver import ApiDriver
from tests.isolation.bugs import OF_PAGES_ONLY, OF_PROGRAMS_ONLY, SEEDED, forget_statements
from tests.isolation.machine import IsolationMachine
from tests.isolation.pages_driver import PagesDriver
from tests.isolation.pages_machine import PagesMachine
from tests.isolation.running import run
from tests.portals.fixtures import unlimited

__all__ = ["unlimited"]

pytestmark = [pytest.mark.usefixtures("unlimited"), pytest.mark.timeout(900)]


class Found(BaseException):
    """The leak that was sown."""


@pytest.fixture
def app(sqlite_app):
    """A bug that is found on one database needs no other."""
    return sqlite_app


@pytest.fixture
def broken(monkeypatch):
    """Break the application for one test, and let it forget what it built meanwhile."""
    yield monkeypatch
    monkeypatch.undo()
    forget_statements()


def some_at_once(bugs):
    """Every eighth now, the others in the slow half."""
    return [one if number % 8 == 0 else pytest.param(one, marks=pytest.mark.slow) for number, one in enumerate(bugs)]


@pytest.mark.parametrize("bug", some_at_once(one for one in SEEDED if one not in OF_PAGES_ONLY))
def test_the_machine_finds(app, broken, bug):
    SEEDED[bug](broken)
    forget_statements()

    with pytest.raises(Found):
        run(app, ApiDriver, IsolationMachine, examples=4, steps=5, leak=Found)


@pytest.mark.parametrize("bug", some_at_once(one for one in SEEDED if one not in OF_PROGRAMS_ONLY))
def test_the_machine_finds_on_pages(app, broken, bug):
    SEEDED[bug](broken)
    forget_statements()

    with pytest.raises(Found):
        run(app, PagesDriver, PagesMachine, examples=2, steps=4, leak=Found)


def test_there_are_enough_of_them():
    assert len(SEEDED) - len(OF_PAGES_ONLY) >= 20
    assert len(SEEDED) - len(OF_PROGRAMS_ONLY) >= 20
