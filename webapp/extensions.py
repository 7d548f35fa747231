"""The Flask extensions, made once and joined to the application by create_app()."""

from __future__ import annotations

from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from webapp import database
from webapp.attachments import storage

db = SQLAlchemy(metadata=database.Base.metadata, session_options={"expire_on_commit": False})
database.bind(db.session)
storage.current.find = lambda: current_app.extensions["parley.storage"]
login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False)
