"""The bus to a proxy that holds the streams instead of this process, such as Pushpin (GRIP, https://pushpin.org/docs)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from webapp.realtime import channels, hints
from webapp.realtime.bus import Listener
from webapp.realtime.far import FarBus
from webapp.realtime.hints import Notice


class GripBus(FarBus):
    """Publishes to the proxy's control address; a stream that is told ``bye`` is closed there too."""

    lost = (httpx.HTTPError, OSError)

    def __init__(self, control_url: str, beat_seconds: float = 5) -> None:
        """``control_url`` is the proxy's, such as ``http://127.0.0.1:5561``."""
        super().__init__(beat_seconds)
        self._address = f"{control_url.rstrip('/')}/publish/"
        self._client = httpx.Client(timeout=beat_seconds)

    def start(self, listener: Listener) -> None:
        """End the streams that the proxy holds from before: nobody watches over their sessions; browsers come back."""
        super().start(listener)
        self.publish([Notice(channels.EVERYBODY, hints.AWAY)])

    def say(self, notices: Sequence[Notice]) -> None:
        items = [item for notice in notices for item in _items(notice)]
        self._client.post(self._address, json={"items": items}).raise_for_status()


def _items(notice: Notice) -> list[dict[str, Any]]:
    channel, hint = notice
    said = [{"content": hint.as_bytes().decode()}]
    if hint.event == "bye":
        said.append({"action": "close"})
    return [{"channel": channel, "formats": {"http-stream": one}} for one in said]
