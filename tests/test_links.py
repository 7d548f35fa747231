"""The addresses in e-mails lead to routes that are there, at our own address, to the page of the reader's portal."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from tests.people import People
from webapp.links import Links

FILE = UUID("00000000-0000-4000-8000-000000000000")
links = Links("https://parley.test/")


def endpoint(app, address):
    """The endpoint and the arguments behind an address, through the sign-in page that customers pass."""
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "parley.test")
    adapter = app.url_map.bind("parley.test")
    found = adapter.match(parts.path, method="GET")
    if found[0] == "storefront.login":
        query = parse_qs(parts.query)
        assert query["store"] == ["harbor-goods"]
        return adapter.match(query["next"][0], method="GET")
    return found


@pytest.mark.parametrize(("who", "portal"), [("ada", "admin"), ("olga", "store"), ("mara", "storefront")])
def test_each_leads_to_its_route(sqlite_app, who, portal):
    viewer = getattr(People(), who)
    assert endpoint(sqlite_app, links.inbox(viewer)) == (f"{portal}.conversations", {})
    assert endpoint(sqlite_app, links.thread(viewer, 42)) == (f"{portal}.conversation", {"conversation_id": 42})
    assert endpoint(sqlite_app, links.preferences(viewer)) == (f"{portal}.email_preferences", {})
    assert endpoint(sqlite_app, links.attachment(viewer, 42, FILE)) == (
        f"{portal}.attachment",
        {"conversation_id": 42, "attachment_id": FILE},
    )


def test_ending_mails_has_a_route_of_its_own(sqlite_app):
    assert endpoint(sqlite_app, links.unsubscribe("42-c7-abc")) == ("mail.unsubscribe", {"token": "42-c7-abc"})
