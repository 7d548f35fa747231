"""The stream's door: signed in and checked by Flask, whose answer names the channels; WSGI keeps nobody waiting."""

from __future__ import annotations

import pytest

from tests.portals.fixtures import portal_of_viewer
from webapp.realtime.front import HOLDS

HELD = {"asgi.scope": {HOLDS: True}}


def address_of(viewer):
    return f"{portal_of_viewer(viewer).prefix}/live"


def ask(browser, path, **kwargs):
    return browser.get(path, environ_overrides=HELD, **kwargs)


@pytest.mark.parametrize(
    ("who", "named"),
    [
        ("ada", ["admin.0.{id}", "team.admin", "everybody"]),
        ("olga", ["store.{store}.{id}", "team.store.{store}", "everybody"]),
        ("mara", ["customer.{store}.{id}", "everybody"]),
    ],
)
def test_a_front_that_holds_streams_is_told_the_channels(sign_in, people, who, named):
    viewer = getattr(people, who)
    response = ask(sign_in(viewer), address_of(viewer))

    own, session, *others = response.headers["Grip-Channel"].split(", ")
    assert [own, *others] == [name.format(id=viewer.id, store=viewer.store_id) for name in named]
    assert session.startswith(f"session.{viewer.side.value}.{viewer.store_id or 0}.")
    assert response.headers["Grip-Hold"] == "stream"
    assert (response.status_code, response.mimetype) == (200, "text/event-stream")
    assert response.headers["X-Accel-Buffering"] == "no"


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_without_one_there_is_nothing_to_wait_for_and_the_page_polls(sign_in, people, who):
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    response = browser.get(address_of(viewer))
    page = browser.get(portal_of_viewer(viewer).messages).text

    assert (response.status_code, response.data) == (204, b"")
    assert "Grip-Hold" not in response.headers
    assert "data-news=" in page
    assert "data-stream=" not in page
    assert "data-stream=" in ask(browser, portal_of_viewer(viewer).messages).text


def test_no_header_can_pretend_that_streams_are_held(sign_in, people):
    headers = {"Parley.Holds": "1", "Parley-Holds": "1", "Grip-Hold": "stream", "Asgi.Scope": "1"}

    assert sign_in(people.olga).get("/store/live", headers=headers).status_code == 204


def test_a_stranger_may_not_listen(stranger, sign_in, people):
    for path in ("/admin/live", "/store/live", "/storefront/live"):
        assert ask(stranger, path).status_code == 401
    assert ask(sign_in(people.olga), "/admin/live").status_code == 401


def test_a_page_of_a_store_that_was_left_may_not_listen(sign_in, people):
    browser = sign_in(people.wim_at_tea)

    assert ask(browser, "/store/live", headers={"X-Parley-Store": "harbor-goods"}).status_code == 409
    assert ask(browser, "/store/live", headers={"X-Parley-Store": "tea-corner"}).status_code == 200
