"""Two servers on one PostgreSQL and one Redis: people on different processes are as near as on one."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from tests.faults.listening import eventually, listening, status_of_stream
from tests.faults.running import Server, serving
from tests.portals.fixtures import inbox_of, start_session
from tests.services import REDIS_URL

pytestmark = [pytest.mark.redis, pytest.mark.postgres, pytest.mark.slow]
IN_A_BLINK = 1.0


def act(server, viewer, conversation, what, **data):
    """Do something on a page of the thread."""
    with httpx.Client(base_url=server.url, cookies={"parley_storefront": start_session(viewer)}, timeout=30) as client:
        thread = f"{inbox_of(viewer)}/{conversation.id}"
        token = re.findall(r'csrf_token" value="([^"]+)"', client.get(thread).text)[0]
        answer = client.post(f"{thread}/{what}", data={"csrf_token": token, **data})
        assert answer.status_code in {204, 303}, answer.text
        return time.monotonic()


@pytest.fixture
def two(marketplace_on):
    """Two servers of a marketplace, and who writes to whom."""
    market = marketplace_on("postgres", is_served=False)
    settings = (market.server.database_url, market.server.storage_url, {"PARLEY_REDIS_URL": REDIS_URL})
    with serving(Server(*settings)) as one, serving(Server(*settings)) as other:
        for server in (one, other):
            eventually(lambda server=server: status_of_stream(server, market.people.olga) == 200)
        yield one, other, market.people.olga, market.people.mara, market.conversation


def test_what_happens_in_one_process_is_told_in_the_other(two):
    one, other, olga, mara, talk = two
    with listening(one, olga) as stream, listening(other, olga) as there:
        act(other, mara, talk, "typing")
        eventually(stream.heard("typing"))
        done = act(other, mara, talk, "messages", body="It has not arrived")
        eventually(stream.heard("thread"))
        assert time.monotonic() - done < IN_A_BLINK
        eventually(there.heard("thread"))
        act(one, mara, talk, "messages", body="Where is it?")
        eventually(stream.heard("thread", 2))
        eventually(there.heard("thread", 2))


def test_one_that_was_killed_tells_and_is_told_again(two):
    one, other, olga, mara, talk = two
    with listening(one, olga) as stream, listening(other, olga) as there:
        other.kill()
        eventually(lambda: there.is_over)
        act(one, mara, talk, "messages", body="Hello?")
        eventually(stream.heard("thread"))
        other.start()
        eventually(lambda: status_of_stream(other, olga) == 200)
        act(other, mara, talk, "messages", body="Still there?")
        eventually(stream.heard("thread", 2))
