"""Every form that writes carries the CSRF token, and in the store portal the store of its page."""

from __future__ import annotations

import pytest

from tests.factories import close, start
from tests.guards.routes import routes_of
from tests.portals import pages
from tests.portals.fixtures import inbox_of

WITHOUT_STORE = ("/store/switch",)
"""Switching is how one leaves a store, also from a page of a store that was left already."""


def lacking(html: str, code: str | None) -> list[str]:
    """Return the actions of the forms that lack what they must carry."""
    found = []
    for form in pages.forms(pages.parse(html)):
        fields, action = pages.fields(form), form.get("action", "")
        store_is_wrong = code and action not in WITHOUT_STORE and fields.get("acting_store") != code
        if not fields.get("csrf_token") or store_is_wrong:
            found.append(action)
    return found


@pytest.mark.parametrize("who", ["ada", "wim_at_harbor", "mara"])
def test_every_form_of_every_page(app, sign_in, people, who):
    viewer = getattr(people, who)
    open_one = start(people.ada, people.harbor) if who == "ada" else start(people.olga, people.mara_row)
    closed = close(people.ada if who == "ada" else people.olga, start(people.ada, people.harbor))
    browser = sign_in(viewer)
    code = viewer.store.code if viewer.is_store else None
    forms = 0

    for route in routes_of(app, viewer, "GET"):
        for conversation in (open_one, closed):
            for htmx in (False, True):
                response = browser.get(route.path(conversation.id), htmx=htmx)
                if response.mimetype == "text/html":
                    forms += len(pages.forms(pages.parse(response.text)))
                    assert lacking(response.text, code) == [], route

    assert forms > 10


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_every_form_of_a_change(sign_in, people, who):
    viewer = getattr(people, who)
    conversation = start(people.ada, people.harbor) if who == "ada" else start(people.olga, people.mara_row)
    browser = sign_in(viewer)
    browser.get(f"{inbox_of(viewer)}/{conversation.id}")
    code = viewer.store.code if viewer.is_store else None

    changes = ["/messages", "/preferences"] if who == "mara" else ["/messages", "/preferences", "/close"]
    for action in changes:
        response = browser.submit(action, body="Hello", htmx=True)
        assert response.status_code == 200
        assert lacking(response.text, code) == []


def test_every_form_of_an_error(sign_in, people):
    browser = sign_in(people.olga)
    browser.get("/store/messages/new")
    response = browser.submit("/new", subject="Hi", without=("csrf_token",))

    assert response.status_code == 400
    assert "/store/messages/new" in [form.get("action") for form in pages.forms(pages.parse(response.text))]
    assert lacking(response.text, "harbor-goods") == []


def test_the_rule_finds_a_form_that_lacks_something():
    form = '<form method="post" action="/store/x"><input name="{}" value="{}"></form>'

    assert lacking(form.format("csrf_token", "t"), "tea") == ["/store/x"]
    assert lacking(form.format("acting_store", "tea"), "tea") == ["/store/x"]
    assert lacking(form.format("csrf_token", "t"), None) == []
