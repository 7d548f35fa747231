"""Tests that come through a door share their fixtures."""

from tests.portals.fixtures import people, sign_in, stranger, unlimited

__all__ = ["people", "sign_in", "stranger", "unlimited"]
