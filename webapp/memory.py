"""Values that are the same whenever they are made from the same: kept until there are too many, then all forgotten.

Threads share it without a lock: what two make at once is made twice, and nothing is ever gone through.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

MOST = 4096
"""Values that are remembered, and their makers; one more, and all are forgotten."""

_Value = TypeVar("_Value")


class Memory(Generic[_Value]):
    """Values by what makes them and for whom, and then by what they were made from."""

    def __init__(self) -> None:
        self.values: dict[Hashable, dict[Hashable, _Value]] = {}
        self.number = 0

    def of(self, *maker: Hashable) -> dict[Hashable, _Value]:
        """Return the values of a maker."""
        if len(self.values) >= MOST:
            self.forget()
        return self.values.setdefault(maker, {})

    def keep(self, values: dict[Hashable, _Value], key: Hashable, value: _Value) -> None:
        """Remember a value of a maker."""
        if self.number >= MOST:
            self.forget()
        values[key] = value
        self.number += 1

    def forget(self) -> None:
        self.values.clear()
        self.number = 0
