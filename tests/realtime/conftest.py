"""Tests of what is told to browsers share the people and the browsers of the doors."""

from tests.portals.fixtures import people, sign_in, stranger, unlimited

__all__ = ["people", "sign_in", "stranger", "unlimited"]
