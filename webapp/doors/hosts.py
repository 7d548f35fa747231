"""Which Host headers are answered: only our own, whatever the port; and whose word on the address is taken.

Werkzeug's own list of trusted hosts never matches an IPv6 address and leaves the error page without addresses.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.config import Config


def set_up(app: Flask, config: Config) -> None:
    """Answer 400 to a request for any other host, before anything else looks at it."""

    @app.before_request
    def refuse_other_hosts() -> None:
        if not is_own(request.host, config):
            abort(400)


def is_own(host: str, config: Config) -> bool:
    """Tell whether a Host header names us."""
    return name_of(host) in {one.lower() for one in config.trusted_hosts}


def behind_proxies(application: Any, config: Config) -> Any:
    """Let an application see the address, scheme and host that our own proxies tell, of as many as there are."""
    hops = config.trusted_proxies
    return ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops) if hops else application


def name_of(host: str) -> str:
    """Return a Host header without its port, in lower case; an IPv6 address keeps its brackets."""
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return name.lower()
