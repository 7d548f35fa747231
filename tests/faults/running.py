"""A server in a process of its own, to be killed, and somebody who sends to it and tries again."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.backends import SECRET_KEY
from tests.services import ROOT

File = tuple[str, bytes]


@dataclass
class Server:
    """uvicorn on ``webapp.asgi``, as ``make run`` starts it, on a free port."""

    database_url: str
    storage_url: str
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        settings = {
            "PARLEY_ENV": "test",
            "PARLEY_SECRET_KEY": SECRET_KEY,
            "PARLEY_DATABASE_URL": self.database_url,
            "PARLEY_STORAGE_URL": self.storage_url,
            "PARLEY_RATE_LIMITS": "off",
            "PORT": str(self.port),
            "PATH": os.environ["PATH"],
            **self.environment,
        }
        command = [sys.executable, "-m", "uvicorn", "webapp.asgi:app", "--port", str(self.port), "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=settings)
        for _ in range(200):
            try:
                httpx.get(f"{self.url}/health", timeout=2)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        """End it as a power cut would, without a word."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def memory(self, what: str = "VmRSS") -> int:
        """Return what the process holds (VmRSS), or held at most (VmHWM), in bytes."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(rf"{what}:\s+(\d+) kB", status)[0]) * 1024


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Sender:
    """A customer with a thread open, who knows what was answered and what was not."""

    server: Server
    thread: str
    cookie: str
    unanswered: list[tuple[str, Sequence[File]]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    def send(self, files: Sequence[File], key: str | None = None, body: str = "With files") -> httpx.Response:
        """Send a message; whatever happens to the connection, the key is remembered."""
        key = key or str(uuid.uuid4())
        self.unanswered.append((key, files))
        with httpx.Client(cookies={"parley_storefront": self.cookie}, base_url=self.server.url, timeout=60) as client:
            token = re.findall(r'csrf_token" value="([^"]+)"', client.get(self.thread).text)[0]
            answer = client.post(
                f"{self.thread}/messages",
                data={"csrf_token": token, "body": body, "client_key": key},
                files=[("files", (name, content)) for name, content in files],
            )
        self.unanswered.pop()
        self.answered.append(key)
        return answer
