"""The demo's mailbox: the e-mails that nobody gets, since they are written to files; only where the demo is."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, abort, render_template

from webapp.config import ROOT
from webapp.doors.portal import config

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Written:
    """One mail in the folder."""

    name: str
    mail: EmailMessage

    def head(self, name: str) -> str:
        """Return a header as people read it; empty when it is missing."""
        return str(self.mail.get(name, ""))

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        return str(body.get_content()) if body else ""


def register(blueprint: Blueprint) -> None:
    """Add the mailbox to the site, unless mails go to a server."""
    blueprint.add_url_rule("/demo/mail", "mailbox", mailbox)
    blueprint.add_url_rule("/demo/mail/<name>", "written_mail", written_mail)


def mailbox() -> str:
    """List the mails that were written last."""
    found = sorted(_folder().glob("*.eml"), reverse=True)[:SHOWN]
    return render_template("notifications/mailbox.html", mails=[_read(path) for path in found])


def written_mail(name: str) -> str:
    """Show one of them: who it is for, and its text."""
    path = next((path for path in _folder().glob("*.eml") if path.name == name), None)
    if path is None:
        abort(404)
    return render_template("notifications/written_mail.html", mail=_read(path))


def _folder() -> Path:
    return ROOT / config().mail_folder


def _read(path: Path) -> Written:
    return Written(path.name, email.message_from_bytes(path.read_bytes(), policy=policy.default))
