"""A connection to a service that a test can cut, hold up, or cut just after something was said on it."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import suppress

STEP = 0.02


class Wire:
    """Listens on a port of its own and passes on, both ways, as long as it is whole."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.state = "whole"
        self.trap: bytes | None = None
        """Once the client has said this, the service still hears it, and the client never gets the answer."""
        self.sprung = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close what is open and let nobody in."""
        self.state = "cut"

    def hold_up(self) -> None:
        """Keep what is open, and pass nothing on."""
        self.state = "held"

    def mend(self) -> None:
        self.state = "whole"

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.state == "cut":
                client.close()
            else:
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.target) as service, suppress(OSError):
            other = {client: service, service: client}
            while self.state != "cut":
                readable, _, _ = select.select(list(other) if self.state == "whole" else [], [], [], STEP)
                for one in readable:
                    text = one.recv(65536)
                    if not text:
                        return
                    other[one].sendall(text)
                    if one is client and self.trap and self.trap in text:
                        self.trap = None
                        service.recv(65536)  # it is done there
                        self.sprung.set()
                        return
                if not readable:
                    time.sleep(0)
