"""What tests need from outside Python: found here, skipped without it, demanded by PARLEY_TEST_REQUIRE."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import psycopg
import pytest
import redis

ROOT = Path(__file__).resolve().parent.parent
POSTGRES_URL = os.environ.get("PARLEY_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
REDIS_URL = os.environ.get("PARLEY_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
SHARED_DATA = Path(os.environ.get("PARLEY_SHARED_DATA", ROOT.parent / "shared" / "data"))
REQUIRED = set(filter(None, re.split(r"[,\s]+", os.environ.get("PARLEY_TEST_REQUIRE", ""))))

INSTALL = {
    "browser": "apt-get install -y chromium",
    "postgres": "apt-get install -y postgresql",
    "redis": "apt-get install -y redis-server",
    "curl": "apt-get install -y curl jq",
}


def chromium() -> str | None:
    """Return the path of a Chromium that is installed here: the one without a window first, which does less work."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def _postgres_answers() -> bool:
    try:
        psycopg.connect(f"{POSTGRES_URL}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError:
        return False
    return True


_PROBES: dict[str, Callable[[], bool]] = {
    "browser": lambda: chromium() is not None,
    "postgres": _postgres_answers,
    "redis": _redis_answers,
    "curl": lambda: bool(shutil.which("curl") and shutil.which("jq")),
}


@cache
def is_there(service: str) -> bool:
    return _PROBES[service]()


def need(service: str) -> None:
    """Skip the running test when the service is missing, or fail it when PARLEY_TEST_REQUIRE names the service."""
    if is_there(service):
        return
    reason = f"needs {service}: {INSTALL[service]}"
    if service in REQUIRED:
        pytest.fail(f"{reason} (PARLEY_TEST_REQUIRE)", pytrace=False)
    pytest.skip(reason)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for service in INSTALL:
        if item.get_closest_marker(service):
            need(service)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        if found := re.search(r"needs (\w+): ", str(report.longrepr)):
            skipped[found[1]] = skipped.get(found[1], 0) + 1
    for service, count in sorted(skipped.items()):
        terminalreporter.write_line(f"skipped {count} tests without {service}; to run them: {INSTALL[service]}")
