"""Nobody is shown what is not theirs by the JSON API, whatever anybody does."""

from __future__ import annotations

import pytest

from tests.isolation.api_driver import ApiDriver
from tests.isolation.machine import IsolationMachine
from tests.isolation.running import run
from tests.portals.fixtures import unlimited

__all__ = ["unlimited"]


@pytest.mark.usefixtures("unlimited")
@pytest.mark.timeout(900)
def test_nobody_is_shown_what_is_not_theirs(app, backend):
    run(app, ApiDriver, IsolationMachine, examples=2 if backend == "sqlite" else 1, steps=15)


@pytest.mark.slow
@pytest.mark.usefixtures("unlimited")
@pytest.mark.timeout(900)
def test_nor_in_long_stories(app):
    run(app, ApiDriver, IsolationMachine, examples=6, steps=40)
