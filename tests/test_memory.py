"""What threads remember together: right, limited, and never in one another's way."""

from __future__ import annotations

import sys
import threading

import pytest

from webapp import memory
from webapp.memory import Memory


@pytest.fixture
def quickly():
    """Let threads take turns all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_it_keeps_what_was_made_and_forgets_all_of_what_is_too_much(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 2)
    kept: Memory[str] = Memory()
    first, other = kept.of("squares", 1), kept.of("squares", 2)
    kept.keep(first, 3, "nine")
    kept.keep(other, 3, "another nine")

    assert kept.of("squares", 1) is not first, "a third maker would be one too many"
    kept.keep(kept.of("squares", 1), 3, "nine")
    assert kept.of("squares", 1) == {3: "nine"}
    assert kept.number == 1


def test_threads_are_not_in_one_anothers_way(monkeypatch, quickly):
    """Who goes through what others add to is told that it changed: a page of many people at once was an error."""
    monkeypatch.setattr(memory, "MOST", 200)
    kept: Memory[int] = Memory()
    wrong: list[object] = []

    def work(first: int) -> None:
        try:
            for number in range(first, first + 20_000):
                values = kept.of("number", number % 500)
                kept.keep(values, number, number)
                if values.get(number, number) != number:
                    wrong.append(number)
        except RuntimeError as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 80_000, 20_000)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
    assert kept.number <= memory.MOST + len(threads)
