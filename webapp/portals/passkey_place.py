"""Where passkeys hold: the host and the origin of our pages, as the devices of people know them."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from webapp.accounts.factors.passkeys import Place
from webapp.doors.portal import config


def place() -> Place | None:
    """Return where this request's passkeys hold; None under a bare network address, for which there are none.

    The host was checked against the ones we answer (``doors/hosts.py``). Our own is reached as PARLEY_BASE_URL says,
    whatever stands before us; the others are this machine's, in development.
    """
    base, asked = urlsplit(config().base_url), urlsplit(request.host_url)
    own = base if base.hostname == asked.hostname else asked
    host = own.hostname or ""
    return None if _is_address(host) else Place(host, f"{own.scheme}://{own.netloc}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
