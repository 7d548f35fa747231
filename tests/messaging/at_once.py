"""Acts at the same moment, each in a thread with a context, a session and a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from tests import backends
from tests.factories import saving
from tests.faults.listening import eventually
from tests.messaging.looking import counted_anew, seqs_have_no_gaps, stored_counts
from tests.people import People


@pytest.fixture
def people(app):
    """The people, with no context pushed."""
    return People()


@pytest.fixture(autouse=True)
def context_for_looking(app, people):
    """A context for the test's own thread, which looks when the others are done."""
    with app.app_context():
        yield


@pytest.fixture
def overlapping(app, backend):
    """Do one thing, and another that begins before the first is saved; return what they return or raise."""

    def overlap(first, second):
        done = Event()

        def act_first():
            with saving():
                result = first()
                done.set()
                if backend == "postgres":
                    eventually(lambda: backends.waiting(app))
            return result

        def act_second():
            done.wait(10)
            with saving():
                return second()

        return at_once(act_first, act_second)

    return overlap


def at_once(*acts):
    """Run the acts at the same moment, each in a thread; return what they return or raise."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def assert_counts_are_right(customers_see_the_platform=True):
    assert stored_counts() == counted_anew(customers_see_the_platform)
    assert seqs_have_no_gaps()
