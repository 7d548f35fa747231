"""Nobody is shown what is not theirs by the pages of the three portals and their pieces, whatever anybody does."""

from __future__ import annotations

import pytest

from tests.isolation.pages_driver import PagesDriver
from tests.isolation.pages_machine import PagesMachine
from tests.isolation.running import run
from tests.portals.fixtures import backend, unlimited

__all__ = ["backend", "unlimited"]


@pytest.mark.usefixtures("unlimited")
@pytest.mark.timeout(900)
def test_nobody_is_shown_what_is_not_theirs(app):
    run(app, PagesDriver, PagesMachine, examples=1, steps=15)


@pytest.mark.slow
@pytest.mark.usefixtures("unlimited")
@pytest.mark.timeout(900)
def test_nor_in_long_stories(app):
    run(app, PagesDriver, PagesMachine, examples=3, steps=40)
