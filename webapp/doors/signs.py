"""Signs: what a page hands back to ask for a name, without being able to ask for any other."""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer

from webapp.accounts.models import Side
from webapp.doors.portal import config


def of_writer(conversation_id: int, side: Side, person: int) -> str:
    """Return the sign of somebody who writes in a conversation: the same every time."""
    return str(_signer().dumps([conversation_id, side.value, person]))


def writer(conversation_id: int, sign: str) -> tuple[Side, int]:
    """Return who the sign of this conversation stands for; raises BadData for any other."""
    try:
        number, side, person = _signer().loads(sign)
    except ValueError as error:
        raise BadData("no sign of ours") from error
    if number != conversation_id:
        raise BadData("of another conversation")
    return Side(side), person


def _signer() -> URLSafeSerializer:
    key, fallbacks = config().secret_keys
    return URLSafeSerializer([*fallbacks, key], salt="writer", signer_kwargs={"digest_method": hashlib.sha256})
