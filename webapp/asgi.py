"""The production entry for uvicorn: the Flask application with its live streams and its jobs."""

from __future__ import annotations

from webapp import create_app
from webapp.serving import make_front, with_jobs

flask = create_app()
app = with_jobs(make_front(flask), flask)
