"""A bus that also tells somebody outside this process, in a thread of its own: who publishes never waits."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
from collections.abc import Callable, Sequence

from webapp.realtime import channels, hints
from webapp.realtime.bus import Bus, Listener
from webapp.realtime.hints import Notice

MOST_WAITING = 10_000
log = logging.getLogger(__name__)


class FarBus(Bus):
    """Nothing that is said must arrive: after a failure, the first thing said is that all should ask for news."""

    lost: tuple[type[Exception], ...] = (OSError,)
    """What is raised when the other side cannot be told."""

    def __init__(self, beat_seconds: float) -> None:
        super().__init__()
        self._beat = beat_seconds
        self._waiting: queue.Queue[Sequence[Notice]] = queue.Queue(MOST_WAITING)
        self._stopping = threading.Event()
        self._threads: dict[str, threading.Thread] = {}
        self._starting = threading.Lock()

    def say(self, notices: Sequence[Notice]) -> None:
        """Tell the other side; raises one of ``lost``."""
        raise NotImplementedError

    def start(self, listener: Listener) -> None:
        super().start(listener)
        self._stopping.clear()
        self._run("tell", self._tell_for_ever)

    def stop(self) -> None:
        """Say what still waits, for a moment, and stop."""
        super().stop()
        self._stopping.set()
        for thread in self._threads.values():
            thread.join(2 * self._beat)
        self._threads.clear()

    def publish(self, notices: Sequence[Notice]) -> None:
        super().publish(notices)
        if not notices:
            return
        if "tell" not in self._threads:  # a command has no streams, and still something to say
            self._run("tell", self._tell_for_ever)
            atexit.register(self.stop)
        try:
            self._waiting.put_nowait(notices)
        except queue.Full:
            log.warning("what was to be said to other processes was dropped: it cannot be told fast enough")

    def _run(self, name: str, target: Callable[[], None]) -> None:
        with self._starting:
            if name not in self._threads:
                self._threads[name] = threading.Thread(target=target, name=f"live-{name}", daemon=True)
                self._threads[name].start()

    def _tell_for_ever(self) -> None:
        missed = False
        while not (self._stopping.is_set() and (missed or self._waiting.empty())):
            try:
                notices = self._waiting.get(timeout=min(self._beat, 0.2))
            except queue.Empty:
                notices = ()
            if missed:
                notices = [Notice(channels.EVERYBODY, hints.NEWS)]
            if not notices:
                continue
            try:
                self.say(notices)
                missed = False
            except self.lost as error:
                if not missed:
                    log.warning("others cannot be told of changes: %s", error)
                missed = True
                self._stopping.wait(self._beat / 5)
