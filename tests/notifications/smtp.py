"""A real SMTP server in a thread, on a free port, that answers as a test says and keeps what it accepted."""

from __future__ import annotations

import asyncio
import email
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

HANG_UP = "hang up"
"""Instead of an answer: take the mail, then close the connection without a word."""


@dataclass(frozen=True)
class Received:
    """A mail that the server took, with its envelope."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        return self.mail.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.mail.get_body(("html",)).get_content()


@dataclass
class SmtpServer:
    """What the server took, and what it is to answer; ``at_rcpt`` is by address, ``at_data`` in order."""

    received: list[Received] = field(default_factory=list)
    at_rcpt: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    at_data: deque[str] = field(default_factory=deque)
    before_250: Callable[[], object] | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Received]:
        return [one for one in self.received if one.recipients == [address]]

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.at_rcpt[address]:
            return self.at_rcpt[address].popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        answer = self.at_data.popleft() if self.at_data else "250 OK"
        if answer.startswith("250") or answer == HANG_UP:
            self.received.append(Received(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.before_250:
            self.before_250()
        if answer == HANG_UP:
            server.transport.close()
            await asyncio.sleep(0)
        return answer


class _OnAnyPort(Controller):
    """Port 0 is any free one: the one that was given is looked up before the first connection."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(port: int = 0) -> Iterator[SmtpServer]:
    """Run the server."""
    handler = SmtpServer()
    controller = _OnAnyPort(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()
