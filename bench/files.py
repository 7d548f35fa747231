"""What files cost: hostile ones in time and memory of their inspection, large ones in memory of the server."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from bench import servers
from bench.marketplace import Marketplace
from tests.attachments.samples import ACCEPT, SAMPLES
from webapp.attachments.inspection.process import BOOTSTRAP, WEBAPP
from webapp.attachments.kinds import Kind, kind_of
from webapp.attachments.names import display_name

MEGABYTE = 1024 * 1024
UPLOADS = 10
TELLING = "print(open('/proc/self/status').read(), file=sys.stderr)"
"""Lets the child say what it needed at most; the system's own figure begins with the memory of its parent."""


def slowest() -> tuple[float, str]:
    """Return the most seconds that a hostile file takes, its child's start included, and its name."""
    return max((seconds, name) for seconds, _, name in _hostile())


def largest() -> tuple[float, str]:
    """Return the most megabytes that a child needs for a hostile file, and its name."""
    return max((peak, name) for _, peak, name in _hostile())


@cache
def _hostile() -> list[tuple[float, float, str]]:
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        for sample in SAMPLES:
            kind = kind_of(display_name(sample.name), old_office=True)
            content = sample.make()
            if sample.decision == ACCEPT or not isinstance(kind, Kind) or not content:
                continue
            path.write_bytes(content)
            measured.append((*_child(path, kind), sample.name))
    return measured


def _child(path: Path, kind: Kind) -> tuple[float, float]:
    command = [sys.executable, "-I", "-c", BOOTSTRAP + TELLING, str(WEBAPP)]
    begun = time.monotonic()
    asked = json.dumps([[str(path), kind.extension]])
    child = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return time.monotonic() - begun, int(re.findall(r"VmHWM:\s+(\d+) kB", child.stderr)[0]) / 1024


def growth_of_uploads(place: Marketplace) -> float:
    """Return by how many megabytes the server's peak grows for each of ten uploads of 10 MB at once."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**place.environment, "PARLEY_STORAGE_URL": f"file:{folder}"}
        with servers.served("webapp.asgi:app", environment) as parley:
            _upload(parley, place, b"small")
            before = _memory(parley, "VmRSS")
            content = b"0123456789abcde\n" * (10 * MEGABYTE // 16)
            with ThreadPoolExecutor(UPLOADS) as pool:
                list(pool.map(lambda _: _upload(parley, place, content), range(UPLOADS)))
            return (_memory(parley, "VmHWM") - before) / UPLOADS / 1024


def _upload(server: servers.Server, place: Marketplace, content: bytes) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers, token = servers.open_thread(connection, place)
    boundary = uuid.uuid4().hex
    fields = {"csrf_token": token, "body": "A file", "client_key": str(uuid.uuid4())}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'.encode())
    body = b"".join([*parts, content, f"\r\n--{boundary}--\r\n".encode()])
    headers = {**headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    connection.request("POST", f"/store/messages/{place.thread}/messages", body, headers)
    answer = connection.getresponse()
    assert answer.status == 200, (answer.status, answer.read()[:500])
    answer.read()


def _memory(server: servers.Server, what: str) -> int:
    """Return what the server holds, in kB."""
    return int(re.findall(rf"{what}:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text(encoding="ascii"))[0])
