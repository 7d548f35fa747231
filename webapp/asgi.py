"""The production entry for uvicorn: the Flask application behind ASGI, ready to hold live streams."""

from __future__ import annotations

from a2wsgi import WSGIMiddleware

from webapp import create_app

THREADS = 10
"""How many requests are worked on at once; the others wait their turn."""

app = WSGIMiddleware(create_app(), workers=THREADS)  # type: ignore[arg-type]
