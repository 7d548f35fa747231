"""The WSGI entry: ``wsgi:app`` for the flask command and any WSGI server."""

from webapp import create_app

app = create_app()
