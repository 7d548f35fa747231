"""SIGKILL in the middle of sends with files: no half message, no row without its file, a retry makes one message."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter

import httpx
import pytest

from tests.attachments.samples import PDF
from tests.factories import a_photo
from tests.guards.rows import all_rows

pytestmark = pytest.mark.slow

FILES = [("photo.png", a_photo(300, 200)), ("invoice.pdf", PDF)]
ROUNDS, SENDERS = 5, 3
TWO_HOURS = 7200


def send_until_killed(sender, stop):
    while not stop.is_set():
        try:
            assert sender.send(FILES).status_code == 303
        except httpx.TransportError:
            return


def age(folder):
    """Let every file be old enough to be swept."""
    then = time.time() - TWO_HOURS
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_nothing_is_broken_and_nothing_is_doubled(marketplace_on, backend):
    market, moments = marketplace_on(backend), random.Random(11)  # noqa: S311
    senders = [market.sender() for _ in range(SENDERS)]
    for _ in range(ROUNDS):
        stop = threading.Event()
        threads = [threading.Thread(target=send_until_killed, args=(sender, stop)) for sender in senders]
        for thread in threads:
            thread.start()
        time.sleep(moments.uniform(0.3, 1.2))
        market.server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        market.server.start()
    interrupted = [(sender, key, files) for sender in senders for key, files in sender.unanswered]
    assert interrupted, "no send was interrupted"

    for sender, key, files in interrupted:
        assert sender.send(files, key).status_code == 303

    rows = all_rows(market.app)
    sent = Counter(row["client_key"] for row in rows["messages"] if row["client_key"])
    assert set(sent) == {key for sender in senders for key in sender.answered}
    assert set(sent.values()) == {1}
    files_of = Counter(row["message_id"] for row in rows["message_attachments"])
    assert set(files_of.values()) == {len(FILES)}
    assert len(files_of) == len(sent)
    age(market.folder)
    market.flask("sweep-attachments")
    assert "WRONG" not in market.flask("doctor")
    assert len([path for path in market.folder.rglob("*") if path.is_file()]) == len(rows["message_attachments"])
