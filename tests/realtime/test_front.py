"""The front: holds what is to be held, says what is said, lets go of who does not read, and of everybody in the end."""

from __future__ import annotations

import asyncio

import pytest

from tests.loops import run_alone
from webapp.realtime import channels, hints
from webapp.realtime.bus import Bus
from webapp.realtime.front import HOLDS, Front
from webapp.realtime.hints import Notice
from webapp.realtime.streams import MOST_WAITING, Streams

SESSION = f"session.store.1.{'0' * 64}"
OWN = [(b"grip-hold", b"stream"), (b"grip-channel", f"store.1.7, {SESSION}, everybody".encode()), (b"x-own", b"1")]


class Browser:
    """A browser that asked for a stream; ``reads`` says whether it takes what is sent."""

    def __init__(self, front, path="/store/live"):
        self.front, self.messages, self.gone = front, [], asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        self.scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        self.task = asyncio.create_task(front(self.scope, self.receive, self.send))

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.reads.wait()
        self.messages.append(message)
        if message["type"] == "http.response.body" and not message["more_body"]:
            self.gone.set()

    @property
    def text(self):
        return b"".join(message.get("body", b"") for message in self.messages).decode()

    async def until(self, words):
        async with asyncio.timeout(5):
            while words not in self.text:
                await asyncio.sleep(0.005)


def answering(status=200, headers=OWN, body=b": hello\n\n"):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return app


def run(test, app=None, ended=lambda _names: [], **options):
    """Run a test with a front in a loop of its own; its streams are fast to ping and to watch."""

    async def within():
        streams = Streams(per_viewer=2, ping_seconds=options.pop("ping_seconds", 30))
        front = Front(app or answering(), Bus(), ended, streams, watch_seconds=0.02)
        front.start()
        try:
            async with asyncio.timeout(10):
                await test(front)
        finally:
            await front.stop()

    run_alone(within())


def tell(front, channel="store.1.7", hint=hints.BADGE):
    front.bus.publish([Notice(channel, hint)])


def test_a_stream_says_what_its_channels_are_told_and_shows_nothing_of_how_it_is_held():
    async def test(front):
        browser = Browser(front)
        await browser.until(": hello")
        start = dict(browser.messages[0]["headers"])
        assert start == {b"x-own": b"1"}
        assert browser.scope[HOLDS]
        tell(front, "store.1.8")
        tell(front, "team.store.1")
        tell(front)
        tell(front, channels.EVERYBODY, hints.thread(42))
        await browser.until('event: thread\ndata: {"id":42}\n\n')
        assert browser.text == ': hello\n\nevent: badge\ndata: {}\n\nevent: thread\ndata: {"id":42}\n\n'
        browser.gone.set()
        await browser.task
        assert len(front.streams) == 0

    run(test)


def test_what_waits_already_is_said_once():
    async def test(front):
        browser = Browser(front)
        await browser.until(": hello")
        for _ in range(500):
            tell(front)
        tell(front, hint=hints.thread(1))
        await browser.until("thread")
        assert browser.text.count("badge") == 1

    run(test)


@pytest.mark.parametrize(("status", "headers"), [(401, [(b"hx-redirect", b"/")]), (204, []), (200, [])])
def test_any_other_answer_passes(status, headers):
    async def test(front):
        browser = Browser(front)
        await browser.task
        assert browser.messages[0]["status"] == status
        assert not browser.messages[-1]["more_body"]
        assert len(front.streams) == 0

    run(test, answering(status, headers))


def test_streams_give_a_sign_of_life():
    async def test(front):
        browser = Browser(front)
        await browser.until(": ping\n\n: ping")

    run(test, ping_seconds=0.1)


def test_beyond_the_limit_the_oldest_stream_is_told_and_ended():
    async def test(front):
        browsers = []
        for _ in range(4):
            browsers.append(Browser(front))
            await browsers[-1].until(": hello")
        for old in browsers[:2]:
            await old.task
            assert 'event: bye\ndata: {"why":"crowded","after":300}' in old.text
        assert len(front.streams) == 2
        assert not browsers[2].task.done()

    run(test)


def test_a_browser_that_does_not_read_is_given_up_and_costs_no_more():
    async def test(front):
        browser, reader = Browser(front), Browser(front)
        await browser.until(": hello")
        browser.reads.clear()
        for number in range(MOST_WAITING + 10):
            tell(front, hint=hints.thread(number))
            await asyncio.sleep(0)
        await reader.until(f'"id":{MOST_WAITING + 9}')
        assert len(front.streams) == 1
        browser.gone.set()
        await browser.task
        assert "thread" not in browser.text

    run(test)


def test_a_browser_that_takes_no_sign_of_life_is_given_up():
    async def test(front):
        browser = Browser(front)
        await browser.until(": hello")
        browser.reads.clear()
        while len(front.streams):
            await asyncio.sleep(0.01)

    run(test, ping_seconds=0.1)


def test_the_stream_of_a_session_that_ended_is_told_and_ended():
    over = []

    async def test(front):
        browser = Browser(front)
        await browser.until(": hello")
        await asyncio.sleep(0.1)
        assert not browser.task.done()
        over.append(SESSION)
        await browser.task
        assert browser.text.endswith('event: bye\ndata: {"why":"ended"}\n\n')

    run(test, ended=lambda names: [name for name in names if name in over])


def test_streams_outlive_a_database_that_is_away():
    def ended(_names):
        raise ConnectionError

    async def test(front):
        browser = Browser(front)
        await browser.until(": hello")
        await asyncio.sleep(0.1)
        tell(front)
        await browser.until("badge")

    run(test, ended=ended)


def test_while_others_are_not_heard_no_stream_is_held():
    async def test(front):
        before = Browser(front)
        await before.until(": hello")
        front.bus.is_whole = False
        front.streams.pause()
        await before.task
        assert 'data: {"why":"away"}' in before.text
        refused = Browser(front)
        await refused.task
        assert refused.messages[0]["status"] == 503
        assert dict(refused.messages[0]["headers"])[b"retry-after"] == b"5"
        front.bus.is_whole = True
        await Browser(front).until(": hello")

    run(test)


def test_the_end_of_the_server_ends_the_streams_at_once():
    async def test(front):
        browser = Browser(front)
        await browser.until(": hello")
        await front.stop()
        await browser.task
        assert 'data: {"why":"away"}' in browser.text

    run(test)


def test_the_server_starts_and_stops_it():
    async def within():
        front, said = Front(answering(), Bus(), lambda _names: []), []
        told = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive():
            return next(told)

        async def send(message):
            said.append((message["type"], front.bus.listener is not None))

        await front({"type": "lifespan"}, receive, send)
        assert said == [("lifespan.startup.complete", True), ("lifespan.shutdown.complete", False)]

    run_alone(within())
