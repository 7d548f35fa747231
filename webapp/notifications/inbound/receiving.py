"""Taking a mail in: its address is checked before anything is parsed, and it is kept before anybody is told so."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from datetime import timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.attachments import storage
from webapp.database import is_postgresql, now, reading, session, writing
from webapp.notifications.addresses import Named
from webapp.notifications.inbound.models import InboundMail, InboundState

LARGEST_BYTES = 26 * 1024 * 1024
MOST_PER_HOUR = 60
"""Of one participant in one conversation: nobody answers faster, and a loop ends here."""

FOLDER = "inbound"


class TooMany(Exception):
    """This participant has sent enough for now; the mail may come again later."""


def receive(raw: bytes, named: Named) -> bool:
    """Keep a mail for whom its address names; False for one that was kept before. Nothing else is decided here.

    Raises TooMany, and what the storage raises: then the sender's server keeps the mail and tries again.
    """
    side, person = named.person
    moment = now()
    lately = select(func.count()).where(
        InboundMail.conversation_id == named.conversation_id,
        InboundMail.participant_type == side,
        InboundMail.participant_id == person,
        InboundMail.created_at > moment - timedelta(hours=1),
    )
    with reading():
        if (session.scalar(lately) or 0) >= MOST_PER_HOUR:
            raise TooMany
    path = f"{FOLDER}/{moment:%Y/%m}/{uuid.uuid4()}.eml"
    _keep(raw, path)
    make = postgresql.insert if is_postgresql() else sqlite.insert
    row = {
        "conversation_id": named.conversation_id,
        "participant_type": side,
        "participant_id": person,
        "digest": _digest(raw),
        "state": InboundState.RECEIVED,
        "reason": "",
        "sender": "",
        "size_bytes": len(raw),
        "raw_path": path,
        "original": "",
        "tries": 0,
        "created_at": moment,
    }
    with writing():
        kept = session.scalar(make(InboundMail).values(**row).on_conflict_do_nothing().returning(InboundMail.id))
    if kept is None:
        storage.current().delete(path)
    return kept is not None


def _keep(raw: bytes, path: str) -> None:
    with storage.failing_as_attachment_errors():
        folder = storage.current().staging
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix="inbound-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(raw)
            storage.current().put(Path(name), path, {"Content-Type": "message/rfc822"})
        finally:
            Path(name).unlink(missing_ok=True)


def _digest(raw: bytes) -> str:
    head = raw[:65536]
    found = BytesHeaderParser().parsebytes(head).get("Message-ID")
    return hashlib.sha256(str(found).strip().encode("utf-8", "surrogatepass") if found else raw).hexdigest()
