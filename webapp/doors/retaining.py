"""Deleting what is due, in short transactions: the conversations, their mails, and then their files."""

from __future__ import annotations

from collections.abc import Callable

from webapp.accounts.viewer import Viewer
from webapp.attachments import storage
from webapp.attachments.service import MessageAttachmentService
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import writing
from webapp.messaging import retention
from webapp.notifications.delivery import never
from webapp.notifications.inbound.forgetting import forget_conversations


def apply(by: Viewer | None, stopping: Callable[[], bool] = never) -> tuple[int, int]:
    """Delete all that is due, and return how many conversations and files that was; each batch is noted.

    ``stopping`` is asked after each batch. Several may run at once: a conversation is deleted and noted by one of them.
    Rows before files: a crash in between leaves files without rows, which ``sweep-attachments`` removes.
    """
    conversations = files = 0
    while True:
        with writing():
            ids, gone = retention.delete_some()
            raw = forget_conversations(ids)
            if ids:
                facts = {"conversations": len(ids), "files": len(gone), "from": ids[0], "to": ids[-1]}
                log.note(by, Action.RETENTION_APPLIED, "conversation", after=facts)
        if not ids:
            return conversations, files
        MessageAttachmentService().discard(gone)
        for path in raw:
            storage.current().delete(path)
        conversations, files = conversations + len(ids), files + len(gone)
        if stopping():
            return conversations, files
