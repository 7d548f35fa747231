"""The fixtures that every test may use: the app on each database, a context for the domain, data from outside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings

for _name in [name for name in os.environ if name in {"HOST", "PORT"} or name.startswith("PARLEY_")]:
    if not _name.startswith("PARLEY_TEST_") and _name != "PARLEY_SHARED_DATA":
        del os.environ[_name]

from tests import backends, factories  # noqa: E402
from tests.services import SHARED_DATA, need, pytest_runtest_setup, pytest_terminal_summary  # noqa: E402, F401

hypothesis_settings.register_profile("parley", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("parley")

BACKENDS = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def worker_name() -> str:
    """The name of this xdist worker, or of the only process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def app_on(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[Callable[[str], Flask]]:
    """Give the app on a kind of database, made and migrated at the first use."""
    apps: dict[str, Flask] = {}
    with ExitStack() as stack:

        def get(backend: str) -> Flask:
            if backend not in apps:
                folder = tmp_path_factory.mktemp(backend)
                url = stack.enter_context(backends.URLS[backend](folder, worker_name))
                apps[backend] = stack.enter_context(backends.running_app(url))
                backends.migrate(apps[backend])
            return apps[backend]

        yield get


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database: the test runs once on each."""
    return request.param


@pytest.fixture
def app(app_on: Callable[[str], Flask], backend: str) -> Iterator[Flask]:
    """The app on an empty database, for tests that come through a door; the factories save there."""
    yield from _ready(app_on(backend))


@pytest.fixture
def sqlite_app(app_on: Callable[[str], Flask]) -> Iterator[Flask]:
    """The app on an empty SQLite database, for what does not depend on the database."""
    yield from _ready(app_on("sqlite"))


@pytest.fixture
def db_context(app: Flask) -> Iterator[Flask]:
    """The app with its context pushed, for tests of the domain; never in a test that uses ``test_client``."""
    with app.app_context():
        yield app


@pytest.fixture
def shared_data() -> Path:
    """The folder of data from outside the project, or a skip."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no data at {SHARED_DATA} (PARLEY_SHARED_DATA)")
    return SHARED_DATA


@pytest.fixture
def needs() -> Callable[[str], None]:
    """Skip, or fail where PARLEY_TEST_REQUIRE says so, without a service: browser, postgres or redis."""
    return need


def _ready(app: Flask) -> Iterator[Flask]:
    backends.empty(app)
    factories.save_in(app)
    yield app
    factories.save_in(None)
