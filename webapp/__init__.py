"""Parley: create_app() reads the settings, registers extensions and doors; the only place that knows everything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError

from webapp import api, cli, connections, database, row_security
from webapp.accounts import audit_trail, preferences
from webapp.accounts.provider import Provider
from webapp.api import problems
from webapp.attachments import kinds, scanning, storage
from webapp.config import ROOT, Config, ConfigurationError
from webapp.doors import addresses, compressing, guard, headers, holding, hosts, journal, limits, metrics, uploads
from webapp.doors.portal import is_for_programs
from webapp.doors.signed_cookie import SignedCookie, csrf_token
from webapp.extensions import csrf, db, login_manager
from webapp.links import Links
from webapp.messaging import events
from webapp.notifications.inbound.forgetting import forget_text
from webapp.notifications.office import Office
from webapp.notifications.service import write_outbox
from webapp.notifications.signing import Signer
from webapp.notifications.transports import Folder, SmtpServer
from webapp.portals import (
    admin,
    display,
    errors,
    framing,
    mail,
    marking,
    polling,
    remembering,
    site,
    store,
    storefront,
    storefront_look,
)
from webapp.portals.addresses import within_portal
from webapp.realtime.bus import Bus

MAX_PARTS = 200
"""The most fields and files of a request."""


class Parley(Flask):
    """The application: its requests stream their files to the disk, and programs get every failure as a problem."""

    request_class = uploads.ParleyRequest
    session_interface = SignedCookie()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return what is called as it is: nothing here is a coroutine, and Flask looks a dozen times a request."""
        return func

    def dispatch_request(self) -> Any:
        """Call the view; once more when the database chose its transaction to end a deadlock."""
        try:
            return super().dispatch_request()
        except OperationalError as error:
            if not connections.was_deadlock(error):
                raise
            return super().dispatch_request()

    def handle_user_exception(self, e: Exception) -> Any:
        """Answer what was raised before or in a view, or by the lack of one."""
        return problems.answer(e) if is_for_programs(request.path) else super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Response:
        """Answer what was raised after a view."""
        return problems.answer(e) if is_for_programs(request.path) else super().handle_exception(e)

    def log_exception(self, exc_info: object) -> None:
        """Leave it to whoever answers: Flask would log the whole path, with the secret of a link in it."""


def create_app(config: Config | None = None) -> Flask:
    """Make the application; raises ConfigurationError for settings that contradict each other or are unsafe."""
    config = config or Config()
    app = Parley(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    if config.is_production and app.debug:
        raise ConfigurationError("FLASK_DEBUG is refused in production: it runs code for anybody")
    app.extensions["parley"] = config
    _configure(app, config)
    app.extensions["parley.bus"] = _bus_of(config)
    app.extensions["parley.scanner"] = scanning.open_scanner(config.clamd_url)
    app.extensions["parley.storage"] = storage.open_storage(config.storage_url, ROOT)
    app.extensions["parley.provider"] = _provider_of(config)
    app.extensions["parley.mail"] = make_office(app, config)
    events.in_transaction(write_outbox)
    events.in_transaction(forget_text)
    _add_extensions(app, config)
    _add_doors(app, config)
    cli.register(app)
    if config.demo and config.demo_live:
        from webapp.cli.demo import heartbeat

        app.extensions[heartbeat.EXTENSION] = heartbeat.Heartbeat(app)
    app.wsgi_app = hosts.behind_proxies(polling.Polls(app, app.wsgi_app), config)  # type: ignore[method-assign]
    return app


def _bus_of(config: Config) -> Bus:
    """The bus across processes when there is a Redis; installations that share it are told apart by their keys."""
    if config.grip_url:
        from webapp.realtime.grip_bus import GripBus

        return GripBus(config.grip_url)
    if not config.redis_url:
        return Bus()
    from webapp.realtime.redis_bus import RedisBus

    return RedisBus(config.redis_url, hashlib.sha256(config.secret_keys[0].encode()).hexdigest()[:16])


def _provider_of(config: Config) -> Provider | None:
    """The identity provider by which people may sign in, if there is one."""
    if not config.oidc_issuer:
        return None
    return Provider(config.oidc_issuer, config.oidc_client_id, config.oidc_client_secret, config.oidc_name)


def _configure(app: Flask, config: Config) -> None:
    key, fallbacks = config.secret_keys
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=fallbacks,
        SQLALCHEMY_DATABASE_URI=config.absolute_database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 10,
            "max_overflow": 10,
            "pool_timeout": 5,
            "pool_pre_ping": not config.absolute_database_url.startswith("sqlite"),  # a file does not go away
            "hide_parameters": True,  # what is written, such as a message, stands in no error that is logged
        },
        MAX_CONTENT_LENGTH=uploads.TEXT_BYTES,
        MAX_FORM_MEMORY_SIZE=uploads.TEXT_BYTES,
        MAX_FORM_PARTS=MAX_PARTS,
        SESSION_COOKIE_NAME="__Host-parley" if config.is_secure else "parley",
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SECRET_KEY=[*fallbacks, key],  # it signs with the last one: a new key closes no form that is open
        WTF_CSRF_SSL_STRICT=False,  # the token is the proof; some browsers never send a Referer
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def make_office(app: Flask, config: Config) -> Office:
    """Make what the mails of the application need, as the settings say."""
    key, fallbacks = config.secret_keys
    return Office(
        signer=Signer((key, *fallbacks)),
        links=Links(config.base_url),
        templates=app.jinja_env,
        transport=SmtpServer.of(config.smtp_url) if config.smtp_url else Folder(ROOT / config.mail_folder),
        sender=config.sender,
        coalesce_seconds=config.mail_coalesce_seconds,
        retry_seconds=config.retry_waits,
        inbound_domain=config.inbound_domain,
    )


def _add_extensions(app: Flask, config: Config) -> None:
    if config.absolute_database_url.startswith("sqlite:///"):
        database.make_folder(config.absolute_database_url)
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            connections.prepare_engine(engine, reads_in_transactions=bool(config.database_role))
            row_security.set_up(engine, config.database_role)
    login_manager.init_app(app, add_context_processor=False)  # a page about a database that is away must not ask it
    csrf.init_app(app)
    limits.set_up(app, config)


def _add_doors(app: Flask, config: Config) -> None:
    display.set_up(app)
    marking.set_up(app)
    framing.set_up(app)
    remembering.set_up(app)
    addresses.set_up(app)
    journal.set_up(app, config)
    metrics.set_up(app, config)
    hosts.set_up(app, config)
    headers.set_up(app, config)
    compressing.set_up(app)
    errors.register(app)
    app.context_processor(_what_every_page_knows)
    app.register_blueprint(site.site)
    mail.register(app, config)
    with app.app_context():
        for portal in (admin, store, storefront):
            app.register_blueprint(portal.make_blueprint())
        api.register(app)


def _what_every_page_knows() -> dict[str, Any]:
    """The portal, the person, and the addresses within the portal."""
    portal, viewer = g.get("portal"), g.get("viewer")
    return {
        "portal": portal,
        "viewer": viewer,
        "hint": preferences.next_hint(viewer) if viewer else "",
        "look": preferences.of(viewer) if viewer else preferences.DEFAULTS,
        "holds_streams": holding.is_possible(),
        "styles_store": bool(viewer) and storefront_look.may_change(viewer),
        "signed_in": g.get("signed_in"),
        "reads_audit": bool(viewer) and audit_trail.may_read(viewer),
        "acting_store_field": guard.ACTING_STORE,
        "accepted_files": kinds.ACCEPT,
        "refused_type": kinds.NOT_ALLOWED.message,
        "url": within_portal,
        "csrf_token": csrf_token,
    }
