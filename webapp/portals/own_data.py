"""The file in which people take along what Parley keeps of them, for machines and for reading."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import IO, Any
from uuid import UUID

from flask import Blueprint, Response

from webapp.accounts import own_sessions, sessions, tokens
from webapp.accounts.factors import passkeys
from webapp.accounts.viewer import Viewer
from webapp.attachments import storage
from webapp.attachments.errors import FileMissing
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import end_reading, writing
from webapp.doors import limits
from webapp.doors.guard import dangerous
from webapp.doors.identity import current_viewer
from webapp.messaging import unsent
from webapp.messaging.errors import MessagingError
from webapp.messaging.models import KeptDraft
from webapp.messaging.person_data import conversations_of
from webapp.messaging.queries import ConversationRow, MessageRow
from webapp.messaging.service import MessagingService
from webapp.portals.times import utc

CHUNK = 256 * 1024
READ_ME = """What is kept about {name} <{email}>, made on {now}.

data.json                 everything, for programs
conversations/<number>.txt each conversation, to be read
files/<number>-<name>     the files that you sent
"""


def register(blueprint: Blueprint, path: str) -> None:
    """Give a portal the address of the file."""
    blueprint.add_url_rule(f"{path}/export", "export_own_data", export, methods=["POST"])


@dangerous
@limits.exporting
def export() -> Response:
    """Answer with all that is kept of the viewer, as a ZIP file; that it was made is noted."""
    viewer = current_viewer()
    kept = storage.current().staging
    kept.mkdir(parents=True, exist_ok=True)
    whole = tempfile.TemporaryFile(dir=kept)  # noqa: SIM115 - closed when it was sent
    try:
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, viewer)
        end_reading()
        with writing():
            log.note(viewer, Action.DATA_EXPORTED, "customer" if viewer.is_customer else "user", viewer.id)
    except BaseException:
        whole.close()
        raise
    size = whole.tell()
    whole.seek(0)
    response = Response(_chunks(whole), mimetype="application/zip")
    response.content_length = size
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response.call_on_close(whole.close)
    return response


def _fill(archive: zipfile.ZipFile, viewer: Viewer) -> None:
    talks, moment = [], datetime.now().astimezone()
    for row, messages in conversations_of(viewer):
        talks.append({**_fields(row), "messages": [_fields(message) for message in messages]})
        archive.writestr(f"conversations/{row.id}.txt", _to_be_read(row, messages))
        for message in messages:
            if message.is_own:
                _add_files(archive, viewer, message)
    account = sessions.account_of(viewer)
    found = {
        "account": {
            "side": viewer.side,
            "id": viewer.id,
            "name": viewer.name,
            "email": viewer.email,
            "timezone": viewer.timezone,
            "locale": viewer.locale,
            "created_at": account.created_at,
            "store": viewer.store.name if viewer.store else None,
        },
        "sessions": [
            {"address": one.address, "browser": one.user_agent, "last_seen_at": one.last_seen_at}
            for one in own_sessions.of_viewer(viewer)
        ],
        "tokens": [
            {"name": token.name, "scopes": token.scopes, "expires_at": token.expires_at, "store": store}
            for token, store in tokens.of_viewer(viewer)
        ],
        "passkeys": [
            {"name": one.name, "created_at": one.created_at, "last_used_at": one.last_used_at}
            for one in passkeys.of_account(account)
        ],
        "drafts": [_draft(row) for row in unsent.of_viewer(viewer)],
        "conversations": talks,
    }
    archive.writestr("data.json", json.dumps(found, default=_as_text, ensure_ascii=False, indent=1))
    archive.writestr("README.txt", READ_ME.format(name=viewer.name, email=viewer.email, now=f"{moment:%d %B %Y}"))


def _add_files(archive: zipfile.ZipFile, viewer: Viewer, message: MessageRow) -> None:
    for file in message.attachments:
        try:
            found = MessagingService().get_attachment(viewer, message.conversation_id, file.id)
            with archive.open(f"files/{message.conversation_id}-{message.seq}-{file.filename}", "w") as target:
                for chunk in storage.current().read(found.storage_path, 0, found.size_bytes):
                    target.write(chunk)
        except (FileMissing, MessagingError) as error:
            archive.writestr(f"files/{message.conversation_id}-{message.seq}-{file.filename}.txt", error.message)


def _to_be_read(row: ConversationRow, messages: list[MessageRow]) -> str:
    lines = [row.subject, f"With {row.other_party.name}", ""]
    for message in messages:
        names = ", ".join(file.filename for file in message.attachments)
        said = message.content + (f" [{names}]" if names else "")
        lines += [f"{message.created_at:%Y-%m-%d %H:%M} UTC, {message.sender.name}:", said, ""]
    return "\n".join(lines)


def _draft(row: KeptDraft) -> dict[str, Any]:
    return {"conversation_id": row.conversation_id, "text": row.content, "updated_at": row.updated_at}


def _fields(row: ConversationRow | MessageRow) -> dict[str, Any]:
    left_out = {"last_sender_is_viewer", "has_active_content", "scan_note"}
    return {name: value for name, value in asdict(row).items() if name not in left_out}


def _as_text(value: object) -> str:
    match value:
        case datetime():
            return utc(value)
        case UUID() | StrEnum():
            return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
