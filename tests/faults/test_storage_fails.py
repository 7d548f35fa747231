"""Disk full, a folder nobody can write, a bucket away, failing or hanging: nothing half, text kept, others served."""

from __future__ import annotations

import resource
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

from tests import backends, factories
from tests.attachments import buckets
from tests.factories import a_photo, start
from tests.guards.rows import all_rows
from tests.people import People
from tests.portals.fixtures import browser_of, inbox_of, start_session
from webapp.attachments import storage

pytestmark = pytest.mark.slow

TEXT = "My text stays here"


@pytest.fixture
def browser_on(tmp_path):
    """Open a customer's thread in an app of its own on a storage."""
    with ExitStack() as stack:

        def make(storage_url):
            app = stack.enter_context(
                backends.running_app(f"sqlite:///{tmp_path / 'parley.db'}", storage_url=storage_url)
            )
            backends.migrate(app)
            factories.save_in(app)
            people = People()
            conversation = start(people.olga, people.mara_row)
            browser = browser_of(app)
            browser.set_cookie("parley_storefront", start_session(people.mara))
            browser.thread = f"{inbox_of(people.mara)}/{conversation.id}"
            browser.get(browser.thread)
            return app, browser

        yield make
        factories.save_in(None)


def send(browser, content=None, htmx=False):
    photo = a_photo(300, 200) if content is None else content
    return browser.submit("/messages", body=TEXT, files=[(BytesIO(photo), "photo.png")], htmx=htmx)


def assert_refused(app, browser, answer, status):
    """Nothing is half: no message, no row, no file but what the sweep would find; the text is in the answer."""
    assert answer.status_code == status
    assert TEXT in answer.text
    rows = all_rows(app)
    assert len(rows["messages"]) == 1
    assert rows["message_attachments"] == []


def assert_text_goes_on(browser):
    browser.get(browser.thread)
    assert browser.submit("/messages", body="Without a file").status_code == 303


def test_a_full_disk(browser_on, tmp_path):
    app, browser = browser_on(f"file:{tmp_path / 'files'}")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        answer = browser.submit("/messages", body=TEXT, files=[(BytesIO(b"x" * 400_000), "large.txt")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert_refused(app, browser, answer, 507)
    assert "There is no room to keep files" in answer.text
    assert_text_goes_on(browser)
    assert list((tmp_path / "files" / "tmp").iterdir()) == []


@pytest.mark.parametrize("broken", ["tmp", "uploads"])
def test_a_folder_that_cannot_be_written(browser_on, tmp_path, broken):
    app, browser = browser_on(f"file:{tmp_path / 'files'}")
    (tmp_path / "files" / broken).write_text("a file in the way of the folder")

    answer = send(browser)

    assert_refused(app, browser, answer, 503)
    assert answer.headers["Retry-After"] == "60"
    assert_text_goes_on(browser)
    assert browser.get("/ready").status_code == (503 if broken == "tmp" else 200)


def test_a_bucket_keeps_and_gives_files(browser_on, monkeypatch):
    with buckets.bucket(monkeypatch):
        app, browser = browser_on(buckets.URL)
        assert send(browser).status_code == 303
        (row,) = all_rows(app)["message_attachments"]
        address = f"{browser.thread}/attachments/{row['id']}"

        download = browser.get(address)
        assert download.status_code == 302
        assert "X-Amz-Expires=60" in download.location
        assert row["storage_path"] in download.location
        preview = browser.get(f"{address}/preview")
        assert (preview.status_code, preview.mimetype) == (200, "image/webp")
        result = app.test_cli_runner().invoke(args=["doctor"])
        assert "WRONG" not in result.output


def test_a_bucket_that_is_away(browser_on, monkeypatch):
    with buckets.bucket(monkeypatch):
        app, browser = browser_on(buckets.URL)

    assert_refused(app, browser, send(browser), 503)
    assert_text_goes_on(browser)
    assert browser.get("/ready").status_code == 503


def test_a_bucket_that_fails(browser_on, monkeypatch):
    class Failing(BaseHTTPRequestHandler):
        def do_PUT(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words):
            return

    with serving_http(Failing) as endpoint:
        buckets.point_to(monkeypatch, endpoint)
        app, browser = browser_on(buckets.URL)
        assert_refused(app, browser, send(browser), 503)


def test_a_bucket_that_hangs_holds_up_nobody_else(browser_on, monkeypatch):
    monkeypatch.setattr(storage, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(storage, "RETRIES", 0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        buckets.point_to(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        app, browser = browser_on(buckets.URL)
        other = browser_of(app)
        other.set_cookie("parley_storefront", browser.get_cookie("parley_storefront").value)
        other.get(browser.thread)
        answers = []
        hanging = threading.Thread(target=lambda: answers.append(send(browser)))
        hanging.start()
        waiting, _ = silent.accept()
        begun = time.monotonic()
        assert other.submit("/messages", body="Without a file").status_code == 303
        assert time.monotonic() - begun < 0.9
        assert hanging.is_alive()
        hanging.join()
        waiting.close()

    assert answers[0].status_code == 503
    assert all_rows(app)["message_attachments"] == []


@contextmanager
def serving_http(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
