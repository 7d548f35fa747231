"""A Flask application with one view that returns a constant, on the same server: the measure of all figures."""

from a2wsgi import WSGIMiddleware
from flask import Flask

flask_app = Flask("bare")
flask_app.add_url_rule("/", view_func=lambda: "ok")
app = WSGIMiddleware(flask_app, workers=10)  # type: ignore[arg-type]
