"""What a browser was given for its device to sign: to make a passkey, or to sign in with one and nothing else."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from webapp.accounts.factors.models import PasskeyRequest
from webapp.database import now, session

LASTS = timedelta(minutes=10)
CHALLENGE_BYTES = 32


def ask(browser_hash: str) -> None:
    """Keep a new challenge for this browser, for ten minutes; an older one of it holds no more."""
    moment = now()
    session.execute(delete(PasskeyRequest).where(PasskeyRequest.expires_at < moment))
    session.merge(
        PasskeyRequest(
            browser_hash=browser_hash, challenge=secrets.token_bytes(CHALLENGE_BYTES), expires_at=moment + LASTS
        )
    )
    session.flush()


def asked(browser_hash: str) -> bytes | None:
    """Return the challenge that this browser was given, if it still holds."""
    return session.scalar(
        select(PasskeyRequest.challenge).where(
            PasskeyRequest.browser_hash == browser_hash, PasskeyRequest.expires_at > now()
        )
    )


def take(browser_hash: str) -> bytes | None:
    """Return the challenge of this browser and forget it: it is answered once."""
    challenge = asked(browser_hash)
    session.execute(delete(PasskeyRequest).where(PasskeyRequest.browser_hash == browser_hash))
    return challenge
