"""A clamd for tests: it speaks the protocol of the real one over TCP, and knows one virus."""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SIGNATURE = "Win.Test.EICAR_HDB-1"
_STREAM_MAX = 25 * 1024 * 1024


def eicar() -> bytes:
    """Return the test virus of EICAR, put together here so that no scanner finds it in our files."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd:
    """What the server was asked, and how it behaves."""

    def __init__(self) -> None:
        self.scanned: list[int] = []
        self.answer: str | None = None
        """Said instead of what was found."""
        self.delay = 0.0
        self.port = 0

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"


@contextmanager
def fake_clamd() -> Iterator[FakeClamd]:
    """Serve INSTREAM on a free port (man clamd): chunks with a 4-byte length each, an empty one at the end."""
    fake = FakeClamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = self.rfile.readline()
            if command != b"nINSTREAM\n":
                self.wfile.write(b"UNKNOWN COMMAND\n")
                return
            content = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
            fake.scanned.append(len(content))
            time.sleep(fake.delay)
            found = fake.answer or (f"stream: {SIGNATURE} FOUND" if eicar() in content else "stream: OK")
            self.wfile.write(f"{found}\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
