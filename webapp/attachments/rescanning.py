"""Files that nobody could scan when they were sent, scanned later, without a viewer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from webapp.attachments import scanning, storage
from webapp.attachments.errors import FileMissing
from webapp.attachments.models import MessageAttachment, ScanState
from webapp.attachments.scanning import Scan
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import reading, session, writing

BATCH = 100


@dataclass(frozen=True, slots=True)
class Rescanned:
    """One file that has its state now."""

    filename: str
    scan: Scan


def rescan() -> Iterator[Rescanned]:
    """Scan what waits for it, and yield each file with what was found; stops when the scanner cannot be reached."""
    last = None
    while True:
        waiting = select(MessageAttachment).where(MessageAttachment.scan_state == ScanState.PENDING)
        if last is not None:
            waiting = waiting.where(MessageAttachment.id > last)
        with reading():
            rows = session.scalars(waiting.order_by(MessageAttachment.id).limit(BATCH)).all()
            session.expunge_all()
        for row in rows:
            found = _scan(row)
            if found.state is ScanState.PENDING:
                return
            with writing():
                session.execute(
                    update(MessageAttachment)
                    .where(MessageAttachment.id == row.id)
                    .values(scan_state=found.state, scan_note=found.note)
                )
                if found.state is ScanState.INFECTED:
                    facts = {"conversation": row.conversation_id, "found": found.note}
                    log.note(None, Action.FILE_INFECTED, "attachment", row.id, store_id=row.store_id, after=facts)
            yield Rescanned(row.filename, found)
        if not rows:
            return
        last = rows[-1].id


def _scan(row: MessageAttachment) -> Scan:
    kept = storage.current()
    kept.staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.staging, prefix="scan-") as folder:
        copy = Path(folder) / "copy"
        try:
            with copy.open("wb") as file:
                file.writelines(kept.read(row.storage_path, 0, row.size_bytes))
        except FileMissing:
            return Scan(ScanState.ERROR, "The file is missing")
        return scanning.current().scan(copy)
