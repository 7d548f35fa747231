"""How a bug is sown: a small patch under a name, which the machine must find."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import _lru_cache_wrapper
from importlib import import_module
from typing import Any

import pytest

Patch = pytest.MonkeyPatch
SEEDED: dict[str, Callable[[Patch], None]] = {}
OF_PROGRAMS_ONLY: set[str] = set()
"""Bugs of what only the API has."""
OF_PAGES_ONLY: set[str] = set()
"""Bugs of what only pages have."""
news = import_module("webapp.messaging.queries.news")  # its package has a function of this name


def seeded(bug: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """Add a bug to the list under its name."""
    SEEDED[bug.__name__.replace("_", " ")] = bug
    return bug


def of_programs(bug: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """Leave a bug, seeded before, to the API: pages have not what it breaks."""
    OF_PROGRAMS_ONLY.add(bug.__name__.replace("_", " "))
    return bug


def of_pages(bug: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """Leave a bug, seeded before, to the pages."""
    OF_PAGES_ONLY.add(bug.__name__.replace("_", " "))
    return bug


def forget_statements() -> None:
    """Let statements be built anew, now that what builds them has changed or is right again."""
    for module in [one for name, one in sys.modules.items() if name.startswith("webapp.")]:
        for one in list(vars(module).values()):
            if isinstance(one, _lru_cache_wrapper):
                one.cache_clear()


def everywhere(patch: Patch, module: Any, name: str, wrong: Any) -> None:
    """Replace a function in its module and wherever it was imported by name."""
    right = getattr(module, name)
    for loaded in [one for key, one in sys.modules.items() if key.startswith("webapp") and one is not None]:
        if getattr(loaded, name, None) is right:
            patch.setattr(loaded, name, wrong)
