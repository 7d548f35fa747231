"""A proxy that holds the streams: known by its signature, told of changes, and made to close what ended."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import backends
from tests.faults.listening import eventually
from tests.loops import run_alone
from tests.portals.fixtures import browser_of
from tests.realtime.test_front import OWN, SESSION, Browser, answering
from webapp.realtime import channels, hints
from webapp.realtime.front import HOLDS, Front
from webapp.realtime.grip_bus import GripBus
from webapp.realtime.hints import Notice

KEY = "a key that the proxy knows"


def signed(key=KEY, lasts=60, algorithm="sha256"):
    def part(values):
        return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=")

    head = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"iss": "pushpin", "exp": int(time.time()) + lasts})
    signature = base64.urlsafe_b64encode(hmac.digest(key.encode(), head, algorithm)).rstrip(b"=")
    return (head + b"." + signature).decode()


@pytest.fixture
def proxied(app_on):
    """The app on the shared database, with a key of a proxy."""
    url = f"sqlite:///{backends.engine_of(app_on('sqlite')).url.database}"
    with backends.running_app(url, grip_key=KEY) as app:
        yield app


@pytest.fixture
def app(sqlite_app):
    return sqlite_app


def test_only_the_proxys_own_signature_counts(proxied, sign_in, people):
    browser = sign_in(people.olga, browser_of(proxied))
    answers = {
        name: browser.get("/store/live", headers={"Grip-Sig": token}).status_code
        for name, token in {
            "good": signed(),
            "other key": signed("another"),
            "expired": signed(lasts=-1),
            "cut": signed()[:-1],
            "unsigned": ".".join(signed().split(".")[:2]) + ".",
            "junk": "a.b.c",
            "odd": "é.%%.=",
            "none": "",
        }.items()
    }

    assert answers.pop("good") == 200
    assert set(answers.values()) == {204}


def test_without_a_key_no_signature_counts(sign_in, people):
    assert sign_in(people.olga).get("/store/live", headers={"Grip-Sig": signed("")}).status_code == 204


@pytest.fixture
def control():
    """Stands for the proxy's control address, and keeps what it is told."""
    told = []

    class Control(BaseHTTPRequestHandler):
        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"]))
            told.extend((item["channel"], item["formats"]["http-stream"]) for item in json.loads(text)["items"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", told
    server.shutdown()
    server.server_close()


def test_the_proxy_is_told_what_streams_say(control):
    url, told = control
    bus = GripBus(url, beat_seconds=0.2)
    bus.publish([Notice("store.1.7", hints.BADGE), Notice("team.store.1", hints.thread(42))])
    bus.stop()

    assert told == [
        ("store.1.7", {"content": "event: badge\ndata: {}\n\n"}),
        ("team.store.1", {"content": 'event: thread\ndata: {"id":42}\n\n'}),
    ]


def test_a_front_leaves_the_stream_to_the_proxy_and_has_it_closed_when_the_session_ends(control):
    url, told = control
    over = []

    async def within():
        bus = GripBus(url, beat_seconds=0.2)
        front = Front(answering(), bus, lambda names: [name for name in names if name in over], watch_seconds=0.05)
        front.start()
        browser = Browser(front)
        browser.task.cancel()
        browser.scope["headers"] = [(b"grip-sig", b"a.b.c")]
        await front(browser.scope, browser.receive, browser.send)
        assert browser.scope[HOLDS] is False
        assert dict(browser.messages[0]["headers"])[b"grip-channel"] == dict(OWN)[b"grip-channel"]
        assert len(front.streams) == 0
        over.append(SESSION)
        await asyncio.to_thread(eventually, lambda: (SESSION, {"action": "close"}) in told)
        over.clear()
        await front.stop()

    run_alone(within())
    assert told[:2] == [(channels.EVERYBODY, {"content": hints.AWAY.as_bytes().decode()}),
                        (channels.EVERYBODY, {"action": "close"})]  # fmt: skip
    assert (SESSION, {"content": hints.ENDED.as_bytes().decode()}) in told


def test_a_proxy_that_is_away_holds_nobody_up_and_everybody_asks_later(control):
    url, told = control
    bus = GripBus("http://127.0.0.1:1", beat_seconds=0.1)
    began = time.monotonic()
    bus.publish([Notice("store.1.7", hints.BADGE)])
    assert time.monotonic() - began < 0.1
    time.sleep(0.3)
    bus._address = f"{url}/publish/"

    eventually(lambda: (channels.EVERYBODY, {"content": "event: news\ndata: {}\n\n"}) in told)
    bus.stop()
