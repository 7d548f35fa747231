"""Tests that come through a door share their fixtures."""

from tests.portals.fixtures import backend, people, sign_in, stranger, unlimited

__all__ = ["backend", "people", "sign_in", "stranger", "unlimited"]
