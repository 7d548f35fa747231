"""The SMTP and LMTP listener: it takes mails for reply addresses and says so only when they are kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from webapp.attachments.errors import AttachmentError
from webapp.notifications import addresses
from webapp.notifications.addresses import Named
from webapp.notifications.inbound import receiving

IDENT = "Parley"
log = logging.getLogger(__name__)


class Handler:
    """What the listener answers. ``within`` runs a call where the application's database and storage are."""

    def __init__(self, within: Callable[[Callable[[], str]], str]) -> None:
        self.within = within

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take whatever is for our domain: a mail that nobody can place is dropped, and bounces to nobody."""
        if not await self._run(lambda: "yes" if addresses.is_ours(address) else ""):
            return "550 5.7.1 No mail for this domain here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail for everybody whom its addresses name under a proof; only then say that we have it."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode("utf-8", "surrogateescape")
        return await self._run(lambda: _keep(raw, envelope.rcpt_tos))

    async def _run(self, call: Callable[[], str]) -> str:
        return await asyncio.get_running_loop().run_in_executor(None, self.within, call)


LONGEST_LINE = 64 * 1024
"""Many programs write longer lines than the 998 characters that they may."""


class _Smtp(SMTP):
    line_length_limit = LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = LONGEST_LINE


class Listener(Controller):
    """Listens on a port, which may be 0 for any free one, in a thread of its own."""

    def __init__(self, handler: Handler, host: str, port: int, *, lmtp: bool) -> None:
        self.protocol = _Lmtp if lmtp else _Smtp
        super().__init__(handler, hostname=host, port=port, ident=IDENT, data_size_limit=receiving.LARGEST_BYTES)

    def factory(self) -> Any:
        """Make what speaks with one client."""
        return self.protocol(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _keep(raw: bytes, recipients: list[str]) -> str:
    named: list[Named] = list(filter(None, map(addresses.to_reply, recipients)))
    try:
        for one in named:
            receiving.receive(raw, one)
    except receiving.TooMany:
        return "451 4.7.1 Too many mails, try again later"
    except AttachmentError as error:
        log.warning("a mail cannot be kept: %s", error)
        return "451 4.3.0 Cannot be kept now, try again later"
    if not named:
        log.info("a mail for an address of ours that no proof holds for was dropped")
    return "250 OK"
