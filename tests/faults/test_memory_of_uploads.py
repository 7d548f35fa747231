"""Ten uploads of 10 MB at once stay on the disk: the server grows by much less than one of them each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

MEGABYTE = 1024 * 1024
UPLOADS, SIZE = 10, 10 * MEGABYTE


@pytest.mark.slow
def test_ten_large_uploads_at_once(marketplace_on):
    market = marketplace_on("sqlite")
    content = b"0123456789abcde\n" * (SIZE // 16)
    senders = [market.sender() for _ in range(UPLOADS)]
    assert senders[0].send([("small.txt", b"text")]).status_code == 303
    before = market.server.memory()

    with ThreadPoolExecutor(UPLOADS) as pool:
        answers = list(pool.map(lambda sender: sender.send([("large.txt", content)]).status_code, senders))

    grown = market.server.memory("VmHWM") - before
    assert answers == [303] * UPLOADS
    assert grown < UPLOADS * 3 * MEGABYTE, f"{grown / MEGABYTE:.0f} MB"
