"""inbound: the listener for mails that come in, in a process of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.config import Config


@click.command("inbound")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8025, show_default=True, help="The port to listen on.")
@click.option("--lmtp", is_flag=True, help="Speak LMTP, as a mail server beside it may want.")
@with_appcontext
def inbound(host: str, port: int, lmtp: bool) -> None:
    """Take mails for reply addresses (PARLEY_INBOUND_DOMAIN); the jobs post them."""
    from webapp.notifications.inbound.listener import Handler, Listener

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    config: Config = app.extensions["parley"]
    if not config.inbound_domain:
        raise click.ClickException("Set PARLEY_INBOUND_DOMAIN to the domain of reply addresses first.")

    def within(call: Callable[[], str]) -> str:
        with app.app_context():
            return call()

    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    listener = Listener(Handler(within), host, port, lmtp=lmtp)
    listener.start()
    click.echo(f"Listening on {host}:{listener.port}, {'LMTP' if lmtp else 'SMTP'}, for @{config.inbound_domain}.")
    told.wait()
    listener.stop()
