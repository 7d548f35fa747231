"""worker: the jobs in a process of their own, for servers that leave them to workers."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.jobs import JobEngine


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Send mails and tidy up until told to stop; run as many as you like."""
    told = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    engine = JobEngine(current_app._get_current_object())  # type: ignore[attr-defined]
    engine.start()
    click.echo("Working. Stop with Ctrl+C.")
    told.wait()
    engine.stop()
