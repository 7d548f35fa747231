"""The people whom the tests of the search speak of, and what they find."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.people import People
from webapp.accounts.viewer import Viewer
from webapp.database import reading
from webapp.messaging.queries import ConversationFilters
from webapp.search import service as search
from webapp.search.service import Listing

Find = Callable[..., list[str]]


@pytest.fixture
def people(db_context: object) -> People:
    """Two stores, their users and customers, and two admins."""
    return People()


def listing(viewer: Viewer, text: str, **filters: object) -> Listing:
    """The first page of everything that the viewer's side may see, or of what the filters leave."""
    wanted = {"team": not viewer.is_customer, "status": None, **filters}
    after, limit = wanted.pop("after", None), wanted.pop("limit", 25)
    with reading():
        return search.list_conversations(viewer, ConversationFilters(text=text, **wanted), after, limit)


@pytest.fixture
def find() -> Find:
    """Give the subjects that a search finds, in the list's order."""
    return lambda viewer, text, **filters: [row.subject for row in listing(viewer, text, **filters).page.rows]
