"""What the mails of one application need: keys, addresses, templates and the way out, handed in by create_app()."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment

from webapp.links import Links
from webapp.notifications.signing import Signer
from webapp.notifications.transports import Transport


@dataclass(frozen=True, slots=True)
class Office:
    """The mail side of a running application."""

    signer: Signer
    links: Links
    templates: Environment
    transport: Transport
    sender: str
    """``PARLEY_MAIL_FROM``, or an address at our own host."""
    coalesce_seconds: int
    retry_seconds: tuple[int, ...]
    inbound_domain: str


class _Bound:
    """Finds the office of the running application; create_app() says how."""

    def __init__(self) -> None:
        self.find: Callable[[], Office] | None = None

    def __call__(self) -> Office:
        if self.find is None:
            raise RuntimeError("no application has bound its mail")
        return self.find()


current = _Bound()
"""``current()`` is the office of the running application."""
