"""The child's side: takes one raw mail apart, writes its files into a folder, and prints what it found."""

from __future__ import annotations

import email
import json
import re
import resource
import sys
from email import policy
from email.message import EmailMessage, Message
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from webapp.notifications.inbound.folding import fold

ADDRESS_SPACE = 768 * 1024 * 1024
CPU_SECONDS = 15
MOST_FILES = 30
LARGEST_ORIGINAL = 256 * 1024
MOST_ANSWERED = 10
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(\+[^@]*)?@", re.IGNORECASE)
_BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}


def main() -> None:
    """Read the path of the mail and of the folder from the arguments."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    source, folder = map(Path, sys.argv[-2:])
    print(json.dumps(taken_apart(source.read_bytes(), folder)))


def taken_apart(raw: bytes, folder: Path) -> dict[str, Any]:
    """Return the sender, whether a machine wrote, the texts, and the files that were written into the folder."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    sender = _sender(mail)
    original = _text(mail)
    return {
        "sender": sender,
        "automatic": _automatic(mail, sender),
        "answers": _MESSAGE_ID.findall(str(mail.get("In-Reply-To", "")))[:MOST_ANSWERED],
        "text": fold(original),
        "original": original[:LARGEST_ORIGINAL],
        "files": _files(mail, folder),
    }


def _sender(mail: EmailMessage) -> str:
    """Return the one address of From; nothing when there are several or none, or it cannot be read."""
    heads = mail.get_all("From") or []
    if len(heads) != 1:
        return ""
    found = [address.addr_spec for address in getattr(heads[0], "addresses", ())]
    return found[0][:320] if len(found) == 1 and "@" in found[0] else ""


def _automatic(mail: EmailMessage, sender: str) -> str:
    """Return by what a machine's mail was recognised (RFC 3834 and what is common); nothing for a person's."""
    said = str(mail.get("Auto-Submitted", "no")).strip().lower()
    checks = {
        "Auto-Submitted": said.partition(";")[0].strip() not in {"", "no"},
        "Precedence": str(mail.get("Precedence", "")).strip().lower() in _BULK,
        "X-Autoreply": "X-Autoreply" in mail or "X-Autorespond" in mail or "X-Autoresponder" in mail,
        "a report": mail.get_content_type() == "multipart/report",
        "an empty Return-Path": str(mail.get("Return-Path", "x")).strip() == "<>",
        "a list": "List-Id" in mail or "List-Unsubscribe" in mail,
        "its sender": bool(_MACHINES.match(sender)),
    }
    return next((name for name, holds in checks.items() if holds), "")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    text = _decoded(body)
    return _as_text(text) if body.get_content_type() == "text/html" else text


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _files(mail: EmailMessage, folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    body = mail.get_body(("plain", "html"))
    for part in mail.walk():
        is_file = (
            part.get_content_disposition() == "attachment"
            or part.get_filename()
            or (part.get_content_maintype() in {"image", "audio", "video", "application"})
        )
        if part.is_multipart() or part is body or not is_file or len(found) >= MOST_FILES:
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            path = folder / f"part-{len(found)}"
            path.write_bytes(payload)
            found.append({"name": part.get_filename() or f"attachment.{part.get_content_subtype()}", "path": str(path)})
    return found


class _Reader(HTMLParser):
    """HTML as text: blocks become lines, quotes begin with >, and nothing that is not shown is kept."""

    _BLOCKS = {"p", "div", "br", "tr", "li", "blockquote", "h1", "h2", "h3", "table", "hr", "pre"}
    _HIDDEN = {"style", "script", "head", "title"}

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.depth = self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self._HIDDEN:
            self.hidden += 1
        if tag in self._BLOCKS:
            self._line()
        if tag == "blockquote":
            self.depth += 1
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN and self.hidden:
            self.hidden -= 1
        if tag == "blockquote" and self.depth:
            self.depth -= 1
        if tag in self._BLOCKS - {"br", "hr"}:
            self._line()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _line(self) -> None:
        self.parts.append("\n" + "> " * self.depth)


def _as_text(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
