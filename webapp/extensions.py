"""The Flask extensions, made once and joined to the application by create_app()."""

from __future__ import annotations

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from webapp import connections, database
from webapp.accounts.factors import sealing
from webapp.attachments import scanning, storage
from webapp.config import ROOT
from webapp.notifications import office
from webapp.realtime import bus

db = SQLAlchemy(
    metadata=database.Base.metadata, session_options={"class_": connections.SessionOfRequest, "expire_on_commit": False}
)
database.bind(db.session)
scanning.current.find = lambda: current_app.extensions["parley.scanner"]
storage.current.find = lambda: current_app.extensions["parley.storage"]
bus.current.find = lambda: current_app.extensions["parley.bus"]
office.current.find = lambda: current_app.extensions["parley.mail"]
sealing.keys.find = lambda: [current_app.secret_key, *current_app.config["SECRET_KEY_FALLBACKS"]]
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


def prepare_migrations(app: Flask) -> None:
    """Let ``flask db`` know where the migrations lie; a server needs no Alembic, which takes 11 MB."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(ROOT / "migrations"))
