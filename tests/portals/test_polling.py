"""Polls take a shorter way than Flask's: the same answers, headers, id and figures, and Flask's refusals."""

from __future__ import annotations

import httpx
import pytest
from a2wsgi import WSGIMiddleware

from tests import backends
from tests.factories import save_in, send, start
from tests.loops import run_alone
from tests.people import People
from webapp import serving
from webapp.accounts import sessions
from webapp.accounts.models import User
from webapp.accounts.sessions import Visit
from webapp.database import session, writing
from webapp.doors import guard

NEWS = "/store/messages/_/news"


@pytest.fixture
def shortly(app, monkeypatch):
    """Let a test fail in which Flask calls the view itself."""
    monkeypatch.setitem(app.view_functions, "store.news", lambda: pytest.fail("asked Flask"))


def test_a_poll_is_answered_before_flask_looks_for_a_route(shortly, sign_in, people):
    talk = start(people.olga, people.mara_row)
    olga = sign_in(people.olga)
    send(people.mara, talk, "Hello")

    found = olga.get(f"{NEWS}?badge=-1&list=-1&thread={talk.id}&seq=1")
    assert found.json == {"events": ["badge", "list", f"thread-{talk.id}"]}
    assert olga.get(f"{NEWS}?thread={talk.id}&seq=2&badge=1").status_code in {200, 204}
    assert olga.get(f"{NEWS}?thread=999999&seq=0&badge={_version(olga)}").status_code == 204


def _version(browser):
    page = browser.get("/store/messages").text
    return page.partition('data-version="')[2].partition('"')[0]


def test_its_headers_are_those_of_any_answer(app, shortly, sign_in, people):
    olga = sign_in(people.olga)
    short, usual = olga.get(f"{NEWS}?badge=-1"), olga.get("/store/messages/_/badge", htmx=True)

    differing = {"Content-Length", "Content-Type", "X-Request-ID"}
    assert {k: v for k, v in short.headers.items() if k not in differing} == {
        k: v for k, v in usual.headers.items() if k not in differing
    }
    assert len(short.headers["X-Request-ID"]) == 32
    assert olga.get(NEWS, headers={"Host": "elsewhere.example"}).status_code == 400


def test_a_poll_that_is_refused_is_refused_by_flask(app, sign_in, people, monkeypatch):
    assert app.test_client().get(NEWS).status_code in {302, 303, 401}
    olga = sign_in(people.olga)
    assert olga.get(NEWS, headers={"X-Parley-Store": "tea-corner"}).status_code == 409

    def refuse(*_):
        raise guard.SecondStepRequired

    monkeypatch.setattr(guard, "admit", refuse)
    assert olga.get(NEWS).status_code in {302, 303}


def test_a_poll_is_counted(tmp_path):
    with backends.running_app(f"sqlite:///{tmp_path}/polled.db", metrics_token="m" * 32) as app:
        backends.migrate(app)
        save_in(app)
        people = People()
        browser = app.test_client()
        with app.app_context(), writing():
            token = sessions.start(session.get_one(User, people.olga.id), people.harbor.id, Visit("127.0.0.1", "test"))
        browser.set_cookie("parley_store", token)
        assert browser.get(f"{NEWS}?badge=0").status_code in {200, 204}
        figures = browser.get("/metrics", headers={"Authorization": f"Bearer {'m' * 32}"}).text
        save_in(None)

    assert 'endpoint="store.news"' in figures


@pytest.mark.parametrize("signed", [True, False])
def test_a_server_sends_it_as_the_application_answers(app, sign_in, people, monkeypatch, signed):
    async def refuse(*_):
        pytest.fail("took the long way")

    olga = sign_in(people.olga)
    cookie = {"Cookie": f"parley_store={olga.get_cookie('parley_store').value}"} if signed else {}
    monkeypatch.setattr(WSGIMiddleware, "__call__", refuse)
    served = httpx.ASGITransport(serving.make_front(app))

    async def ask():
        async with httpx.AsyncClient(transport=served, base_url="http://localhost:8000") as client:
            return await client.get(f"{NEWS}?badge=-1", headers=cookie)

    found, usual = run_alone(ask()), (olga if signed else app.test_client()).get(f"{NEWS}?badge=-1")
    assert (found.status_code, found.text) == (usual.status_code, usual.text)
    assert set(found.headers) == {name.lower() for name, _ in usual.headers}
    assert found.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(("proxies", "status"), [(1, 200), (0, 400)])
def test_a_server_believes_our_own_proxies_and_nobody_else(app, sign_in, people, monkeypatch, proxies, status):
    olga = sign_in(people.olga)
    headers = {"Cookie": f"parley_store={olga.get_cookie('parley_store').value}", "X-Forwarded-Host": "localhost:8000"}
    config = app.extensions["parley"].model_copy(update={"trusted_proxies": proxies})
    monkeypatch.setitem(app.extensions, "parley", config)
    served = httpx.ASGITransport(serving.make_front(app))

    async def ask():
        async with httpx.AsyncClient(transport=served, base_url="http://web-1.internal") as client:
            return await client.get(f"{NEWS}?badge=-1", headers=headers)

    assert run_alone(ask()).status_code == status
