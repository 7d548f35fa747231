"""Parley: create_app() reads the settings, registers extensions and doors; the only place that knows everything."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request, url_for
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import api, cli, database
from webapp.api import problems
from webapp.attachments import kinds, storage
from webapp.config import ROOT, Config, ConfigurationError
from webapp.doors import guard, headers, hosts, limits, uploads
from webapp.extensions import csrf, db, login_manager, migrate
from webapp.portals import admin, display, errors, site, store, storefront

MAX_PARTS = 200
"""The most fields and files of a request."""


class Parley(Flask):
    """The application: its requests stream their files to the disk, and programs get every failure as a problem."""

    request_class = uploads.ParleyRequest

    def handle_user_exception(self, e: Exception) -> Any:
        """Answer what was raised before or in a view, or by the lack of one."""
        return problems.answer(e) if request.path.startswith("/api/") else super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Response:
        """Answer what was raised after a view."""
        return problems.answer(e) if request.path.startswith("/api/") else super().handle_exception(e)


def create_app(config: Config | None = None) -> Flask:
    """Make the application; raises ConfigurationError for settings that contradict each other or are unsafe."""
    config = config or Config()
    app = Parley(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    if config.is_production and app.debug:
        raise ConfigurationError("FLASK_DEBUG is refused in production: it runs code for anybody")
    app.extensions["parley"] = config
    _configure(app, config)
    app.extensions["parley.storage"] = storage.open_storage(config.storage_url, ROOT)
    _add_extensions(app, config)
    _add_doors(app, config)
    cli.register(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, config: Config) -> None:
    key, fallbacks = config.secret_keys
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=fallbacks,
        SQLALCHEMY_DATABASE_URI=config.absolute_database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 10, "max_overflow": 10, "pool_timeout": 5, "pool_pre_ping": True},
        MAX_CONTENT_LENGTH=uploads.TEXT_BYTES,
        MAX_FORM_MEMORY_SIZE=uploads.TEXT_BYTES,
        MAX_FORM_PARTS=MAX_PARTS,
        SESSION_COOKIE_NAME="__Host-parley" if config.is_secure else "parley",
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the token is the proof; some browsers never send a Referer
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _add_extensions(app: Flask, config: Config) -> None:
    if config.absolute_database_url.startswith("sqlite:///"):
        database.make_folder(config.absolute_database_url)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        for engine in db.engines.values():
            database.prepare_engine(engine)
    login_manager.init_app(app)
    csrf.init_app(app)
    limits.set_up(app, config)


def _add_doors(app: Flask, config: Config) -> None:
    display.set_up(app)
    hosts.set_up(app, config)
    headers.set_up(app, config)
    errors.register(app)
    app.context_processor(_what_every_page_knows)
    app.register_blueprint(site.site)
    with app.app_context():
        for portal in (admin, store, storefront):
            app.register_blueprint(portal.make_blueprint())
        api.register(app)


def _what_every_page_knows() -> dict[str, Any]:
    """The portal, the person, and the addresses within the portal."""
    portal = g.get("portal")
    return {
        "portal": portal,
        "viewer": g.get("viewer"),
        "signed_in": g.get("signed_in"),
        "acting_store_field": guard.ACTING_STORE,
        "accepted_files": kinds.ACCEPT,
        "url": lambda endpoint, **values: url_for(f"{portal.name}.{endpoint}", **values),
    }
