"""The bus across processes: each hears the others through Redis, and knows when it does not."""

from __future__ import annotations

import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.faults.listening import eventually
from tests.faults.wire import Wire
from tests.services import REDIS_URL
from webapp.realtime import channels, hints
from webapp.realtime.hints import Notice
from webapp.realtime.redis_bus import RedisBus

pytestmark = pytest.mark.redis

BEAT = 0.2
BADGE = Notice("store.1.7", hints.BADGE)


class Heard:
    """Stands for the streams of a process."""

    def __init__(self):
        self.said, self.paused = [], 0

    def deliver(self, notices):
        self.said += notices

    def pause(self):
        self.paused += 1


@pytest.fixture
def wire():
    parts = urlsplit(REDIS_URL)
    found = Wire(parts.hostname, parts.port or 6379)
    yield found
    found.close()


@pytest.fixture
def joined(wire, worker_name):
    """Make a bus of another process, which reaches Redis by the wire or directly."""
    with ExitStack() as stack:

        def join(through_wire=False, wait=True):
            url = f"redis://127.0.0.1:{wire.port}/0" if through_wire else REDIS_URL
            bus, streams = RedisBus(url, f"test-{worker_name}", BEAT), Heard()
            bus.start(streams)
            stack.callback(bus.stop)
            if wait:
                eventually(lambda: bus.is_whole)
            return bus, streams

        yield join


def test_what_is_said_in_one_process_is_heard_once_in_each(joined):
    (one, here), (_, there), (_, elsewhere) = joined(), joined(), joined()
    typing = Notice("team.admin", hints.typing(42, "sign"))
    one.publish([BADGE, typing])

    eventually(lambda: len(there.said) == len(elsewhere.said) == 2)
    time.sleep(2 * BEAT)
    assert here.said == there.said == elsewhere.said == [BADGE, typing]


def test_a_process_without_streams_is_heard_too(joined, worker_name):
    _, there = joined()
    command = RedisBus(REDIS_URL, f"test-{worker_name}", BEAT)
    command.publish([BADGE])
    command.stop()

    eventually(lambda: there.said == [BADGE])


def test_another_installation_on_the_same_redis_is_not_heard(joined):
    _, there = joined()
    other = RedisBus(REDIS_URL, "somebody-else", BEAT)
    other.publish([BADGE])
    other.stop()
    time.sleep(2 * BEAT)

    assert there.said == []


@pytest.mark.parametrize("fault", ["cut", "hold_up"])
def test_a_redis_that_is_gone_or_silent_ends_the_streams_and_never_holds_up_who_publishes(joined, wire, fault):
    (one, here), (other, there) = joined(through_wire=True), joined()
    getattr(wire, fault)()

    began = time.monotonic()
    for _ in range(100):
        one.publish([BADGE])
    assert time.monotonic() - began < BEAT
    eventually(lambda: here.paused and not one.is_whole)
    assert other.is_whole
    assert here.said == [BADGE] * 100
    assert BADGE not in there.said

    wire.mend()
    eventually(lambda: one.is_whole)
    eventually(lambda: Notice(channels.EVERYBODY, hints.NEWS) in there.said)
    there.said.clear()
    one.publish([BADGE])
    other.publish([BADGE])
    eventually(lambda: BADGE in there.said and here.said == [BADGE] * 102)


def test_a_redis_that_is_gone_at_the_start_is_found_when_it_comes(joined, wire):
    wire.cut()
    bus, _ = joined(through_wire=True, wait=False)
    time.sleep(2 * BEAT)
    assert not bus.is_whole

    wire.mend()
    eventually(lambda: bus.is_whole)
