"""Every setting of the environment (PARLEY_*), its default and its meaning; nothing here touches a database."""

from __future__ import annotations

import secrets
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
SECRET_KEY_BYTES = 32


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class ConfigurationError(Exception):
    """The settings contradict each other or are unsafe; the message says which and what to do."""


class Config(BaseSettings):
    """The settings of one process, read once at the start.

    Relative paths and SQLite URLs are relative to the project's root, not to the working directory.
    """

    model_config = SettingsConfigDict(env_prefix="PARLEY_", env_ignore_empty=True, frozen=True)

    env: Environment = Environment.DEVELOPMENT
    """development, test or production; production refuses demo sign-in, a missing key and limits switched off."""

    database_url: str = "sqlite:///var/parley.db"
    """SQLite or PostgreSQL (``postgresql://…``, psycopg 3)."""

    database_role: str = ""
    """PostgreSQL: the role as which requests run, so that the database too holds them to their viewer's rows."""

    secret_key: str = ""
    """Signs cookies and links; made once into var/secret_key outside production, where it is required."""

    secret_key_fallbacks: str = ""
    """Former keys, separated by commas, that still verify what they signed."""

    base_url: str = Field(default="")
    """The address people use; the only other hosts answered are the local ones, in development."""

    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=8000, validation_alias="PORT", ge=0, le=65535)

    storage_url: str = "file:var"
    """The root of the attachments: ``file:`` and a folder, or ``s3://bucket/prefix`` with the usual AWS_* variables."""

    redis_url: str = ""
    """Shared counters of the rate limits; empty: in this process."""

    grip_url: str = ""
    """The control address of a proxy that holds the live streams, such as Pushpin; empty: this server holds them."""

    grip_key: str = ""
    """The key with which that proxy signs the requests that it passes on."""

    clamd_url: str = ""
    """The virus scanner: ``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl``; empty: files are not scanned."""

    security_contact: str = ""
    """Whom to tell of a weakness, as an address: ``mailto:…`` or ``https://…``; empty: security@ our own host."""

    rate_limits: Literal["on", "off"] = "on"
    """off for load tests and imports; production refuses off."""

    metrics_token: str = ""
    """What a monitoring system shows at /metrics; empty: there is no such page."""

    trusted_proxies: int = Field(default=0, ge=0, le=10)
    """How many hops of X-Forwarded-* to believe."""

    smtp_url: str = ""
    """Where mails go: ``smtp://user:pass@host:587?tls=starttls``; empty: they are written to the mail folder."""

    mail_folder: str = "var/mail"
    """The folder of the mails that no server takes."""

    mail_from: str = ""
    """The sender of mails, such as ``Parley <messages@example.com>``; required in production with an SMTP server."""

    inbound_domain: str = ""
    """The domain of reply addresses; empty: mails cannot be answered by mail."""

    inbound_secret: str = ""
    """What a provider's webhook for mails must know; empty: there is no such address."""

    mail_coalesce_seconds: int = Field(default=120, ge=0, le=86_400)
    """How long a mail waits for more messages of the same conversation to the same person."""

    mail_retry_seconds: str = "60,300,900,3600,14400"
    """The waits before each new try, with jitter; after the last the mail is a dead letter."""

    jobs: Literal["auto", "server", "worker"] = "auto"
    """Who sends mails and tidies up: the server itself, or ``flask worker``. auto: the server, unless Redis is set."""

    oidc_issuer: str = ""
    """The identity provider by which admins and store users may sign in, such as ``https://id.example.com``."""

    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    """Who we are at that provider."""

    oidc_name: str = "single sign-on"
    """What people call that provider: it stands on the sign-in page."""

    demo: bool | None = None
    """Demo data and one-click sign-in; by default on in development only."""

    demo_live: bool = False
    """Whether somebody in the demo answers its visitors; ``make run`` switches it on."""

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        if not self.base_url:
            object.__setattr__(
                self, "base_url", f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
            )
        if urlsplit(self.base_url).scheme not in {"http", "https"} or not urlsplit(self.base_url).hostname:
            raise ConfigurationError("PARLEY_BASE_URL must be an address such as https://messages.example.com")
        if not self.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ConfigurationError("PARLEY_DATABASE_URL must be sqlite:///path or postgresql://user:pass@host/name")
        storage = urlsplit(self.storage_url)
        if not (storage.scheme == "file" and storage.path) and not (storage.scheme == "s3" and storage.netloc):
            raise ConfigurationError("PARLEY_STORAGE_URL must be file: and a folder, or s3://bucket/prefix")
        self._refuse_mail_that_cannot_leave()
        clamd = urlsplit(self.clamd_url)
        if self.clamd_url and not {"tcp": clamd.hostname, "unix": clamd.path}.get(clamd.scheme):
            raise ConfigurationError("PARLEY_CLAMD_URL must be tcp://host:3310 or unix:///path/of/clamd.ctl")
        if self.oidc_issuer and not (urlsplit(self.oidc_issuer).hostname and self.oidc_client_id):
            raise ConfigurationError("PARLEY_OIDC_ISSUER must be an address, and needs PARLEY_OIDC_CLIENT_ID")
        if self.demo is None:
            object.__setattr__(self, "demo", self.env is Environment.DEVELOPMENT)
        if self.env is Environment.PRODUCTION:
            self._refuse_in_production()
        return self

    def _refuse_mail_that_cannot_leave(self) -> None:
        if not all(wait.strip().isdecimal() for wait in self.mail_retry_seconds.split(",")):
            raise ConfigurationError("PARLEY_MAIL_RETRY_SECONDS must be seconds separated by commas, like 60,300")
        if not parseaddr(self.sender)[1].partition("@")[2]:
            raise ConfigurationError("PARLEY_MAIL_FROM must be an address such as Parley <messages@example.com>")
        if self.inbound_secret and len(self.inbound_secret) < SECRET_KEY_BYTES:
            raise ConfigurationError(f"PARLEY_INBOUND_SECRET must have at least {SECRET_KEY_BYTES} characters")
        if self.smtp_url and urlsplit(self.smtp_url).scheme not in {"smtp", "smtps"}:
            raise ConfigurationError("PARLEY_SMTP_URL must be like smtp://user:pass@host:587?tls=starttls")

    def _refuse_in_production(self) -> None:
        if self.metrics_token and len(self.metrics_token) < SECRET_KEY_BYTES:
            raise ConfigurationError(f"PARLEY_METRICS_TOKEN must have at least {SECRET_KEY_BYTES} characters")
        if self.demo:
            raise ConfigurationError("PARLEY_DEMO=1 is refused in production: it signs anybody in with one click")
        if not self.secret_key:
            raise ConfigurationError("PARLEY_SECRET_KEY is required in production")
        if len(self.secret_key) < SECRET_KEY_BYTES:
            raise ConfigurationError(f"PARLEY_SECRET_KEY must have at least {SECRET_KEY_BYTES} characters")
        if self.rate_limits == "off":
            raise ConfigurationError("PARLEY_RATE_LIMITS=off is refused in production")
        if urlsplit(self.base_url).scheme != "https":
            raise ConfigurationError("PARLEY_BASE_URL must start with https:// in production")
        if self.oidc_issuer and urlsplit(self.oidc_issuer).scheme != "https":
            raise ConfigurationError("PARLEY_OIDC_ISSUER must start with https:// in production")
        if self.smtp_url and not self.mail_from:
            raise ConfigurationError("PARLEY_MAIL_FROM is required in production with PARLEY_SMTP_URL")

    @property
    def is_production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def sender(self) -> str:
        """The sender of mails: what is set, or an address at our own host."""
        host = urlsplit(self.base_url).hostname or ""
        return self.mail_from or f"Parley <no-reply@{host if host.strip('0123456789.:') else 'localhost'}>"

    @property
    def retry_waits(self) -> tuple[int, ...]:
        """The waits before each new try of a mail, in seconds."""
        return tuple(int(wait) for wait in self.mail_retry_seconds.split(","))

    @property
    def jobs_in_server(self) -> bool:
        """Whether the server does the jobs itself; tests ask for it when they want it."""
        alone = not self.redis_url and self.env is not Environment.TEST
        return self.jobs == "server" or (self.jobs == "auto" and alone)

    @property
    def is_secure(self) -> bool:
        """Whether people reach us by https, which makes cookies Secure and ``__Host-``."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def trusted_hosts(self) -> list[str]:
        """Hosts that are answered; every other Host header is 400. Ports are ignored."""
        host = urlsplit(self.base_url).hostname or ""
        own = f"[{host}]" if ":" in host else host
        return [own, *LOCAL_HOSTS] if not self.is_production else [own]

    @property
    def absolute_database_url(self) -> str:
        """The database's URL with SQLite's path made absolute from the project's root."""
        prefix = "sqlite:///"
        if not self.database_url.startswith(prefix):
            return self.database_url
        path = self.database_url.removeprefix(prefix)
        if not path or path == ":memory:":
            raise ConfigurationError("PARLEY_DATABASE_URL needs a file: an in-memory database is one per connection")
        return f"{prefix}{ROOT / path}"

    @property
    def secret_keys(self) -> tuple[str, list[str]]:
        """The signing key and the former ones that still verify."""
        fallbacks = [key.strip() for key in self.secret_key_fallbacks.split(",") if key.strip()]
        return self.secret_key or _development_key(), fallbacks


def _development_key() -> str:
    path = ROOT / "var" / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(SECRET_KEY_BYTES))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
