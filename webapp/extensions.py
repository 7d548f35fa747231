"""The Flask extensions, made once and joined to the application by create_app()."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from webapp import connections, database
from webapp.accounts.factors import sealing
from webapp.accounts.networks import network_of
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


def address_key() -> str:
    """Where a request comes from, as limits count it."""
    return network_of(request.remote_addr or "unknown")


limiter = Limiter(key_func=address_key, headers_enabled=False)


def prepare_migrations(app: Flask) -> None:
    """Let ``flask db`` know where the migrations lie; a server needs no Alembic, which takes 11 MB."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(ROOT / "migrations"))
