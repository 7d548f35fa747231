"""How often one person may do a thing; sign-in has limits of its own, kept in the database."""

from __future__ import annotations

import time

from flask import Flask, g

from webapp.accounts.tokens import TokenHolder
from webapp.accounts.viewer import Viewer
from webapp.config import Config
from webapp.doors.uploads import count_files, has_files
from webapp.extensions import address_key, limiter


def person_key() -> str:
    """The person when there is one, so that people behind one address do not share a limit; else the address."""
    viewer: Viewer | None = g.get("viewer")
    return f"{viewer.side.value}:{viewer.id}:{viewer.store_id}" if viewer else address_key()


def caller_key() -> str:
    """The token of a program, so that one that runs wild does not stop the others of its owner; else the person."""
    token: TokenHolder | None = g.get("token")
    return f"token:{token.token_id}" if token else person_key()


sending = limiter.shared_limit("20 per minute", scope="send", key_func=person_key)
starting = limiter.shared_limit(
    "30 per hour", scope="start", key_func=person_key, deduct_when=lambda response: response.status_code < 400
)
uploading = limiter.shared_limit(
    "300 per hour", scope="upload", key_func=person_key, cost=count_files, exempt_when=lambda: not has_files()
)
signing_in = limiter.shared_limit("60 per minute", scope="sign-in", key_func=address_key)
calling = limiter.shared_limit("600 per minute", scope="token", key_func=caller_key)
calling_from = limiter.shared_limit("1200 per minute", scope="address", key_func=address_key)
drafting = limiter.shared_limit("120 per minute", scope="draft", key_func=person_key)
typing = limiter.shared_limit("40 per minute", scope="typing", key_func=person_key)
unsubscribing = limiter.shared_limit("60 per minute", scope="unsubscribe", key_func=address_key)
by_mail = limiter.shared_limit("20 per hour", scope="by-mail", key_func=address_key)
exporting = limiter.shared_limit("6 per hour", scope="export", key_func=person_key)
changing = limiter.shared_limit("120 per minute", scope="change", key_func=person_key)


@limiter.shared_limit("60 per minute", scope="bad-token", key_func=address_key)
def count_bad_token() -> None:
    """Count a token that is not valid; after too many of them the address has to wait."""


def seconds_to_wait() -> int:
    """How long the limit that was just exceeded lasts."""
    limit = limiter.current_limit
    return max(1, int(limit.reset_at - time.time()) + 1) if limit else 60


_REDIS_TIMEOUTS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
"""Seconds after which a slow Redis counts as lost."""


def set_up(app: Flask, config: Config) -> None:
    """Count in Redis when it is set, else in this process; a lost Redis is counted for in this process too."""
    app.config.update(
        RATELIMIT_ENABLED=config.rate_limits == "on",
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=_REDIS_TIMEOUTS if config.redis_url else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(config.redis_url),
        RATELIMIT_KEY_PREFIX="parley",
        RATELIMIT_STRATEGY="moving-window",
    )
    limiter.init_app(app)
