"""The job engine (huey) and what runs when: mails each second, late scans, tidying up, retention each night."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from webapp.attachments import rescanning, scanning
from webapp.config import ROOT, Config
from webapp.doors import retaining, sending
from webapp.notifications import account_letters, delivery, tidying
from webapp.notifications.inbound import posting

SECONDS_BETWEEN = 1.0
"""How often the queue of mails is looked at."""

SHIFT_SECONDS = 55
"""How long one job drains; huey starts the next at the full minute."""

STOP_SECONDS = 5
"""How long a mail under way may take to end; a worker that is cut off has lost its claim, and nothing else."""

QUIET_HOUR = 3
"""The hour, in UTC, in which what is due by retention is deleted."""

THREADS = 2
log = logging.getLogger(__name__)


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """A consumer inside another program, which keeps its own signal handlers."""

    def _set_signal_handlers(self) -> None:
        return


class JobEngine:
    """The jobs of one application in this process, between ``start`` and ``stop``."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopping = threading.Event()
        self.huey = _queue(app.extensions["parley"])
        self._draining = threading.Lock()
        self._consumer: Consumer | None = None
        self._every(crontab(minute="*"), self.drain_for_a_while)
        self._every(crontab(minute="17"), self.tidy)
        self._every(crontab(minute="*/5"), self.scan)
        self._every(crontab(hour=str(QUIET_HOUR), minute="41"), self.apply_retention)

    def start(self) -> None:
        """Begin to work, in threads of this process."""
        self.stopping.clear()
        self._consumer = _QuietConsumer(self.huey, workers=THREADS, max_delay=2.0, shutdown_timeout=STOP_SECONDS)
        self._consumer.start()

    def stop(self) -> None:
        """Finish the mail at hand and end."""
        self.stopping.set()
        if self._consumer:
            self._consumer.stop(graceful=True)
            self._consumer = None

    def drain_for_a_while(self) -> None:
        """Send what is due, second by second, for most of a minute. One thread of a process does."""
        if not self._draining.acquire(blocking=False):
            return
        try:
            end = time.monotonic() + SHIFT_SECONDS
            while time.monotonic() < end and not self.stopping.is_set():
                self._drain()
                self.stopping.wait(SECONDS_BETWEEN)
        finally:
            self._draining.release()

    def _drain(self) -> None:
        """Send what is due. What fails, such as a database that is away, is tried again a second later."""
        try:
            with self.app.app_context():
                delivery.deliver(self.stopping.is_set)
                posting.post_received(sending.send, self.stopping.is_set)
                account_letters.deliver(self.stopping.is_set)
        except Exception:
            log.exception("the queue of mails could not be drained")

    def tidy(self) -> None:
        """Delete what is kept for a time only."""
        with self.app.app_context():
            tidying.tidy()

    def scan(self) -> None:
        """Scan the files that could not be scanned when they were sent, where there is a scanner."""
        with self.app.app_context():
            if scanning.current().is_there:
                for found in rescanning.rescan():
                    log.info("scanned %s late: %s", found.filename, found.scan.state.value)

    def apply_retention(self) -> None:
        """Delete the closed conversations that are due, with a pause after each batch, in which others can write."""
        with self.app.app_context():
            conversations, files = retaining.apply(None, lambda: self.stopping.wait(SECONDS_BETWEEN))
        if conversations:
            log.info("retention deleted %s conversations with %s files", conversations, files)

    def _every(self, when: Callable[..., bool], job: Callable[[], None]) -> None:
        self.huey.periodic_task(when, name=job.__name__, retries=0)(_reported(job))


def _reported(job: Callable[[], None]) -> Callable[[], None]:
    """A job that fails is logged, and does not end the thread; its next turn comes."""

    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("the job %s failed", job.__name__)

    return run


def _queue(config: Config) -> Huey:
    settings: dict[str, Any] = {"results": False, "utc": True, "immediate": False}
    if config.redis_url:
        return RedisHuey("parley", url=config.redis_url, **settings)
    return SqliteHuey("parley", filename=str(_file(config)), **settings)


def _file(config: Config) -> Path:
    """The file of the queue in var/: one for each database, so that two servers of a machine do not share jobs."""
    name = hashlib.sha256(config.absolute_database_url.encode()).hexdigest()[:12]
    path = ROOT / "var" / f"jobs-{name}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
