"""Ways out for mails: an SMTP server, or files in a folder; and what a failure means for the next try."""

from __future__ import annotations

import smtplib
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

ANSWER_SECONDS = 15
"""How long a server may take for one answer: seven of them, from the connection on, fit into a claim."""

TLS_WORDS = ("none", "starttls", "tls")


class MailError(Exception):
    """A mail did not leave; the message is what the other side said, for an admin."""


class Refused(MailError):
    """The server will never take this mail: trying again is no use."""


class NotNow(MailError):
    """The server did not take this mail this time."""


class Unreachable(NotNow):
    """No server takes any mail now: not there, or it does not let us in."""


class Post(Protocol):
    """An open way out, for one mail after the other."""

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        """Hand a mail over; raises Refused, NotNow or Unreachable."""


class Transport(Protocol):
    """A way out that can be opened."""

    def open(self) -> AbstractContextManager[Post]:
        """Open the way out for a batch of mails. It connects at the first one."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A server that speaks SMTP: ``smtp://user:pass@host:587?tls=starttls``, or ``smtps://`` for TLS from the start."""

    host: str
    port: int
    user: str
    password: str
    tls: str

    @classmethod
    def of(cls, url: str) -> SmtpServer:
        """Read the address of a server; raises ValueError with what is wrong."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("it must be like smtp://user:pass@host:587?tls=starttls")
        tls = parse_qs(parts.query).get("tls", ["tls" if parts.scheme == "smtps" else "none"])[-1]
        if tls not in TLS_WORDS:
            raise ValueError("tls must be none, starttls or tls")
        return cls(
            parts.hostname,
            parts.port or (465 if tls == "tls" else 587 if tls == "starttls" else 25),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            tls,
        )

    @contextmanager
    def open(self) -> Iterator[Post]:
        """Open one connection for a batch, made when the first mail needs it and again when it breaks."""
        post = _SmtpPost(self)
        try:
            yield post
        finally:
            post.close()

    def connect(self) -> smtplib.SMTP:
        """Connect and sign in; raises Unreachable with what the server said, or where nothing answered and why."""
        try:
            return self._connect()
        except smtplib.SMTPException as error:
            raise Unreachable(_words(error)) from error
        except OSError as error:
            raise Unreachable(f"{self.host}:{self.port}: {error.strerror or _words(error)}") from error

    def _connect(self) -> smtplib.SMTP:
        if self.tls == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=ANSWER_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=ANSWER_SECONDS)
        try:
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


class _SmtpPost:
    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self._open: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        """Send one mail. Whatever went wrong, the next one begins with a clean connection."""
        if self._open is None:
            self._open = self.server.connect()
        try:
            self._open.send_message(mail, sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            self._rest()
            raise _refusal(code, said) from error
        except smtplib.SMTPDataError as error:
            self._rest()
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            self.close()
            raise Unreachable(_words(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotNow(_words(error)) from error

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._open.close()
            self._open = None

    def _rest(self) -> None:
        try:
            if self._open:
                self._open.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in which every mail becomes a file, for machines without a mail server."""

    path: Path

    @contextmanager
    def open(self) -> Iterator[Post]:
        """Make the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        yield self

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> None:  # noqa: ARG002
        """Write the mail, whole or not at all; names sort by time."""
        target = self.path / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
        try:
            unfinished = target.with_suffix(".tmp")
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(target)
        except OSError as error:
            raise Unreachable(str(error)) from error


def _refusal(code: int, said: bytes | str) -> MailError:
    words = f"{code} {_text(said)}"
    return Refused(words) if 500 <= code < 600 else NotNow(words)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
