"""The application behind uvicorn, in a thread of the tests, for what only a real server shows."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from tests import backends


@contextmanager
def serving(database_url: str, **settings: object) -> Iterator[tuple[Flask, str]]:
    """Serve the app on a migrated database of its own, and give it with its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with backends.running_app(database_url, base_url=url, **settings) as app:
            backends.migrate(app)
            config = uvicorn.Config(WSGIMiddleware(app, workers=4), log_level="warning", ws="none", lifespan="off")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="serving")
            thread.start()
            yield app, url
            server.should_exit = True
            thread.join(timeout=10)
