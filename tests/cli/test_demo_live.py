"""demo --live: one command serves the demo, and its scripted people answer whoever writes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.services import ROOT

pytestmark = pytest.mark.slow

LATE = re.compile(r'href="(/storefront/account/messages/\d+)[^"]*"[^>]*>(?:(?!</a>).)*Late parcel 1042', re.DOTALL)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[httpx.Client]:
    """Somebody at the demo that the command serves from an empty database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "FLASK_APP": "wsgi",
        "PARLEY_DATABASE_URL": f"sqlite:///{tmp_path / 'demo.db'}",
        "PARLEY_STORAGE_URL": f"file:{tmp_path}",
        "PARLEY_SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "PARLEY_DEMO": "1",
        "PORT": str(port),
        "PATH": os.environ["PATH"],
    }
    flask = [sys.executable, "-m", "flask"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=settings, check=True, capture_output=True)
    process = subprocess.Popen([*flask, "demo", "--live"], cwd=ROOT, env=settings)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=20) as client:
        for _ in range(600):
            assert process.poll() is None, "it ended"
            try:
                client.get("/health")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                break
        yield client
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_it_loads_serves_and_answers(demo: httpx.Client):
    page = demo.get("/demo").text
    who = {"email": "mara@customers.example", "store": "harbor-goods", "next": "/storefront/account/messages"}
    inbox = demo.post("/storefront/demo-sign-in", data={"csrf_token": token(page), **who}).text
    late = LATE.search(inbox)
    assert late
    thread = demo.get(late[1]).text

    sent = demo.post(f"{late[1]}/messages", data={"csrf_token": token(thread), "body": "Any news of my parcel?"})
    assert (sent.status_code, "Any news of my parcel?" in sent.text) == (200, True)
    before = sent.text.count("IMG_2199.jpg")

    ends = time.monotonic() + 30
    while demo.get(late[1]).text.count("IMG_2199.jpg") <= before:
        assert time.monotonic() < ends, "nobody answered"
        time.sleep(0.5)
