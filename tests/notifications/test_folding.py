"""The quotes and signatures of mail programs are folded away; what somebody wrote is not."""

from __future__ import annotations

import time

import pytest

from tests.notifications.replies import REPLIES
from webapp.notifications.inbound.folding import fold


@pytest.mark.parametrize("program", REPLIES)
def test_what_is_new(program):
    text, new = REPLIES[program]
    assert fold(text) == new
    assert fold(text.replace("\n", "\r\n")) == new


@pytest.mark.parametrize(
    "hostile",
    ["> " * 30_000, "On " + "a " * 30_000, "From: x\n" * 9000, "-" * 65_000, "<a@b>\n" * 10_000, "\n" * 65_000],
)
def test_hostile_text_takes_no_longer_than_a_child_has(hostile):
    begun = time.process_time()
    fold(hostile)
    assert time.process_time() - begun < 10
