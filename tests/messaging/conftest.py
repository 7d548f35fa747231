"""The people whom the messaging tests speak of, and the context in which the domain runs."""

from __future__ import annotations

import pytest

from tests.people import People


@pytest.fixture
def people(db_context: object) -> People:
    """Two stores, their users and customers, and two admins."""
    return People()
