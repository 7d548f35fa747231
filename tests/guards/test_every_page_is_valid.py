"""Every page and piece is valid HTML with unique ids, a title and the headers; every test's browser checks it."""

from __future__ import annotations

import pytest
from flask import Response
from werkzeug.test import EnvironBuilder, TestResponse

from tests.factories import attach, close, send, start
from tests.guards.routes import routes_of
from tests.portals import pages
from tests.portals.fixtures import inbox_of

PAGE = '<!doctype html><html lang="en"><head><title>A page</title></head><body><main>{}</main></body></html>'


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
@pytest.mark.parametrize("filled", [False, True])
def test_every_page_and_piece_passes_its_own_check(app, sign_in, people, who, filled):
    viewer = getattr(people, who)
    conversation = start(people.ada, people.mara_row) if who != "olga" else start(people.olga, people.mara_row)
    file = attach(viewer, conversation)
    if filled:
        writer = people.mara if who != "mara" else people.ada
        send(writer, conversation, "See https://example.com/?a=1&b=2 <b>\n\n😀 \u202eabc")
        closed = start(people.ada, people.mara_row, "Closed & <gone>")
        close(people.ada, closed)
    browser = sign_in(viewer)
    browser.get(inbox_of(viewer))
    seen = {}

    for route in routes_of(app, viewer, "GET"):
        for query in ("", "?status=all", "?before=1", "?after=0", "?q=zzz", "?recipient=a"):
            for htmx in (False, True):
                response = browser.get(route.path(conversation.id, file) + query, htmx=htmx)  # its browser checks it
                seen[route.name, htmx] = min(response.status_code, seen.get((route.name, htmx), 999))

    not_seen = {key for key, status in seen.items() if status >= 400}
    assert not not_seen
    assert {"conversations", "conversation", "home"} <= {name for (name, _), status in seen.items() if status == 200}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<p id="a"></p><p id="a"></p>', "ids twice"),
        ("<p><div></p>", "not valid HTML"),
        ('<p style="color: red">x</p>', "inline style or script"),
        ('<button onclick="x()">x</button>', "inline style or script"),
        ('<button hx-on:click="x()">x</button>', "inline style or script"),
        ("<script>x()</script>", "an inline <script>"),
        ('<label for="b">B</label>', "a label for"),
    ],
)
def test_the_check_finds(body, reason):
    assert pages.bad_html(PAGE.format("<p>fine</p>")) == []
    assert reason in str(pages.bad_html(PAGE.format(body)))
    assert reason in str(pages.bad_html(body)), "also in a piece"


def test_the_check_finds_a_page_without_a_title():
    assert pages.bad_html(PAGE.replace("A page", " ").format("")) == ["no title"]


def test_the_check_finds_a_page_with_two_main_parts():
    assert pages.bad_html(PAGE.format("").replace("</main>", "</main><main></main>")) == ["not one <main>"]


def test_the_check_finds_an_answer_without_its_headers():
    request = EnvironBuilder("/store").get_request()
    bare = TestResponse([b""], "200 OK", Response().headers, request)

    assert len(pages.bad_headers(bare)) == 5
    with pytest.raises(pages.BadPage, match="Content-Security-Policy"):
        pages.check(bare)


@pytest.mark.parametrize(
    "path", ["/", "/health", "/ready", "/static/css/app.css", "/nothing", "/store/nothing", "/store"]
)
def test_the_public_pages_and_errors_pass_too(stranger, path):
    assert stranger.get(path).status_code in {200, 302, 404}
