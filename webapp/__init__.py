"""Parley: create_app() reads the settings, registers extensions and doors; the only place that knows everything."""

from __future__ import annotations

from flask import Flask

from webapp import database
from webapp.config import ROOT, Config
from webapp.extensions import csrf, db, limiter, login_manager, migrate


def create_app(config: Config | None = None) -> Flask:
    """Make the application; raises ConfigurationError for settings that contradict each other or are unsafe."""
    config = config or Config()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.extensions["parley"] = config
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.absolute_database_url,
        SECRET_KEY=config.secret_keys[0],
    )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        for engine in db.engines.values():
            database.prepare_engine(engine)
    import webapp.messaging.models
    import webapp.settings.models

    return app
