"""The id of a request: in its answer, in the logs, and taken from trusted proxies only."""

from __future__ import annotations

import io
import json
import logging

import flask
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import backends
from webapp.database import session
from webapp.doors import journal


def test_every_answer_has_an_id_of_its_own(sqlite_app):
    client = sqlite_app.test_client()
    ids = {client.get("/health").headers["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert client.get("/nowhere").headers["X-Request-ID"]
    assert client.get("/health", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] != "mine"


@pytest.mark.parametrize(("given", "is_taken"), [("a.b-C_7", True), ("x" * 65, False), ("a b", False), ("é", False)])
def test_a_trusted_proxy_gives_the_id(tmp_path, given, is_taken):
    with backends.running_app(f"sqlite:///{tmp_path}/x.db", trusted_proxies=1) as app:
        answered = app.test_client().get("/health", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert (answered == given) is is_taken


def test_logs_are_json_with_the_id_and_without_what_was_asked(sqlite_app, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    journal.log_as_json()
    journal.log_as_json()
    (handler,) = root.handlers
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)

    with sqlite_app.test_request_context("/health?secret=1"):
        sqlite_app.preprocess_request()
        logging.getLogger("webapp.test").warning("Noted %s", "this", extra={"seq": 7})
        answer = sqlite_app.process_response(sqlite_app.response_class())
    line = json.loads(written.getvalue().splitlines()[0])
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["event"], line["level"], line["logger"], line["seq"]) == ("Noted this", "warning", "webapp.test", 7)
    assert "secret" not in written.getvalue()


SECRET = "s3cret-" * 6


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (f"/store/reset/{SECRET}", "/store/reset/<token>"),
        (f"/admin/join/{SECRET}", "/admin/join/<token>"),
        ("/storefront/reset/cut", "/storefront/reset/<token>"),
        (f"/unsubscribe/{SECRET}", "/unsubscribe/<token>"),
        (f"/store/reset/{SECRET}/", "/store/reset/<long>/"),
        (f"/storefront/join/{SECRET}", "/storefront/join/<long>"),
        ("/store/messages/64", "/store/messages/64"),
        ("/admin/people/customer/4/erase", "/admin/people/customer/4/erase"),
        ("/store/nothing", "/store/nothing"),
    ],
)
def test_the_secret_of_a_link_is_in_no_log(sqlite_app, path, logged):
    with sqlite_app.test_request_context(path):
        assert journal.path_of(flask.request) == logged


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_request_is_logged_without_the_secret_of_its_link(tmp_path, caplog, monkeypatch, method):
    settings = {"base_url": "https://messages.example.com"}
    monkeypatch.setattr(journal, "log_as_json", lambda: None)
    with backends.running_app(f"sqlite:///{tmp_path}/x.db", env="production", **settings) as app:
        backends.migrate(app)
        with caplog.at_level(logging.DEBUG):
            app.test_client().open(f"/store/reset/{SECRET}", method=method, base_url=settings["base_url"])

    assert f"{method} /store/reset/" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("path", [f"/store/reset/{SECRET}", f"/unsubscribe/{SECRET}", f"/api/v1/{SECRET}"])
def test_what_breaks_is_logged_without_the_secret_of_its_link(sqlite_app, caplog, monkeypatch, path):
    def broken() -> None:
        raise ValueError("broken for a test")

    monkeypatch.setitem(sqlite_app.before_request_funcs, None, [broken])
    with caplog.at_level(logging.DEBUG):
        assert sqlite_app.test_client().get(path).status_code == 500

    assert caplog.text.count("unhandled error at GET") == 1
    assert "broken for a test" in caplog.text
    assert SECRET not in caplog.text


def test_an_error_of_the_database_does_not_say_what_was_to_be_written(db_context):
    with pytest.raises(DBAPIError) as raised:
        session.execute(text("INSERT INTO nowhere VALUES (:content)"), {"content": SECRET})
    session.rollback()

    assert "nowhere" in str(raised.value)
    assert SECRET not in str(raised.value)
