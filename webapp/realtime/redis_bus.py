"""The bus across processes: said here at once, and to the others through one channel of Redis.

One channel for all processes, since each of them looks up its own listeners in a moment, and a subscription for each
stream would leave a gap between the check and its confirmation. Nothing that is said must arrive: whoever may have
missed something asks for news.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence

import redis

from webapp.realtime.bus import Listener
from webapp.realtime.far import FarBus
from webapp.realtime.hints import Hint, Notice

log = logging.getLogger(__name__)


class RedisBus(FarBus):
    """Streams are held only while Redis is heard: without it pages poll, and what is done goes on."""

    is_whole = False
    lost = (redis.RedisError, OSError)

    def __init__(self, url: str, name: str, beat_seconds: float = 5) -> None:
        """``name`` is shared by the processes of one installation; a silent Redis is noticed after two beats."""
        super().__init__(beat_seconds)
        self._name = f"parley:live:{name}"
        self._redis = redis.Redis.from_url(url, socket_timeout=beat_seconds, socket_connect_timeout=beat_seconds)
        self._origin = secrets.token_hex(8)

    def start(self, listener: Listener) -> None:
        super().start(listener)
        self._run("hear", self._hear_for_ever)

    def stop(self) -> None:
        super().stop()
        self.is_whole = False

    def say(self, notices: Sequence[Notice]) -> None:
        said = [(channel, *hint) for channel, hint in notices]
        self._redis.publish(self._name, json.dumps([self._origin, said]))

    def _hear_for_ever(self) -> None:
        while not self._stopping.is_set():
            try:
                self._hear()
            except self.lost as error:
                if self.is_whole:
                    log.warning("Redis is not heard any more, pages poll meanwhile: %s", error)
                self.is_whole = False
                if self.listener:
                    self.listener.pause()
                self._stopping.wait(self._beat / 5)

    def _hear(self) -> None:
        """Pass on what the others say, until Redis is gone or silent."""
        with self._redis.pubsub() as heard:  # type: ignore[no-untyped-call]
            heard.subscribe(self._name)
            asked = False
            while not self._stopping.is_set():
                message = heard.get_message(timeout=self._beat)
                if message is None:
                    if asked:
                        raise redis.TimeoutError("it is silent")
                    heard.ping()
                    asked = True
                    continue
                asked = False
                if message["type"] == "subscribe":
                    self.is_whole = True
                elif message["type"] == "message":
                    self._pass_on(message["data"])

    def _pass_on(self, text: bytes) -> None:
        origin, said = json.loads(text)
        if origin != self._origin and self.listener:
            self.listener.deliver([Notice(channel, Hint(event, ids)) for channel, event, ids in said])
