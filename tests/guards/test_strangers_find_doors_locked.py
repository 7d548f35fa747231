"""A route that is not on the public list answers a stranger with the way to sign in; a write needs its CSRF token."""

from __future__ import annotations

import pytest

from tests.factories import start
from tests.guards.routes import PUBLIC, routes, routes_of
from tests.guards.rows import all_rows, changed

CLOSED = {302, 303, 401, 404}


def test_every_guarded_route_is_closed_to_a_stranger(app, stranger, people):
    conversation = start(people.olga, people.mara_row)
    stranger.get("/admin/login")
    token, open_to_strangers = stranger.csrf_token(), []

    for route in routes(app):
        if route.endpoint in PUBLIC:
            continue
        for headers in ({}, {"HX-Request": "true"}):
            response = stranger.open(
                route.path(conversation.id), method=route.method, headers=headers, data={"csrf_token": token}
            )
            if response.status_code not in CLOSED:
                open_to_strangers.append(f"{route} {headers} -> {response.status_code}")

    assert not open_to_strangers


def test_the_public_list_names_no_route_twice_or_in_vain(app):
    there = {route.endpoint for route in routes(app)}

    assert {name for name in PUBLIC if not name.endswith("demo_sign_in")} <= there


def test_a_stranger_changes_nothing(app, stranger, people):
    conversation = start(people.olga, people.mara_row)
    stranger.get("/admin/login")
    before, token = all_rows(app), stranger.csrf_token()

    for route in routes(app, "POST"):
        if route.endpoint not in PUBLIC:
            stranger.post(route.path(conversation.id), data={"csrf_token": token, "body": "Hello"})

    assert not changed(before, all_rows(app))


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize("token", [None, "", "x", "IjEi.aaaa.bbbb"])
def test_a_write_without_the_csrf_token_is_refused_and_changes_nothing(app, sign_in, people, who, token):
    viewer = getattr(people, who)
    conversation = start(people.ada, people.mara_row) if who != "olga" else start(people.olga, people.mara_row)
    browser = sign_in(viewer)
    browser.get(f"/{'storefront/account' if viewer.is_customer else viewer.side.value}")
    before, let_through = all_rows(app), []

    for route in routes_of(app, viewer, "POST", "PUT", "PATCH", "DELETE"):
        data = {"body": "Hello", "subject": "Hi", "email_notifications": "on"}
        if token is not None:
            data["csrf_token"] = token
        response = browser.open(route.path(conversation.id), method=route.method, data=data)
        if response.status_code != (403 if route.of_programs else 400):
            let_through.append(f"{route} -> {response.status_code}")

    assert not let_through
    assert not changed(before, all_rows(app))


def test_a_write_of_another_browser_with_its_own_token_is_400(sign_in, people, stranger):
    conversation = start(people.olga, people.mara_row)
    stranger.get("/store/login")
    browser = sign_in(people.olga)

    forged = browser.post(f"/store/messages/{conversation.id}/close", data={"csrf_token": stranger.csrf_token()})
    browser.get(f"/store/messages/{conversation.id}")
    own = browser.submit("/close")

    assert (forged.status_code, own.status_code) == (400, 303)
