"""Who holds a live stream open: the front that passed the request on, if it can; this application never does."""

from __future__ import annotations

import base64
import hmac
import json
import time

from flask import Response, g, request

from webapp.doors.identity import current_viewer
from webapp.doors.portal import config
from webapp.realtime import channels
from webapp.realtime.front import HOLDS


def is_possible() -> bool:
    """Tell whether whoever passed this request on holds streams; else the page asks for news from time to time."""
    return bool(request.environ.get("asgi.scope", {}).get(HOLDS)) or _is_from_proxy()


def _is_from_proxy() -> bool:
    """Whether a proxy that we share a key with passed this request on: its token (JWT, HS256) is signed and not old."""
    key, token = config().grip_key, request.headers.get("Grip-Sig", "")
    head, _, signature = token.rpartition(".")
    if not key or not head:
        return False
    expected = hmac.digest(key.encode(), head.encode(), "sha256")
    try:
        if not hmac.compare_digest(base64.urlsafe_b64decode(signature + "=="), expected):
            return False
        claims = json.loads(base64.urlsafe_b64decode(head.partition(".")[2] + "=="))
        return bool(claims["exp"] > time.time())
    except (ValueError, KeyError, TypeError):
        return False


def stream() -> Response:
    """Answer with the channels that this viewer may listen to, in the words of GRIP, for the front to hold open."""
    response = Response(": hello\n\n", mimetype="text/event-stream")
    response.headers["Grip-Hold"] = "stream"
    response.headers["Grip-Channel"] = ", ".join(channels.heard_by(current_viewer(), g.signed_in.token_hash))
    response.headers["Grip-Keep-Alive"] = r": ping\n\n; format=cstring; timeout=15"
    response.headers["X-Accel-Buffering"] = "no"
    return response
