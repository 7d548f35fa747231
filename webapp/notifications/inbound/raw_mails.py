"""Raw mails in the storage that nobody may keep any longer: deleted once the rows that named them are committed."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import event
from sqlalchemy.orm import Session

from webapp.attachments import storage
from webapp.attachments.errors import AttachmentError
from webapp.database import session

_GONE = "parley_raw_mails_gone"
log = logging.getLogger(__name__)


def delete_after_commit(paths: Iterable[str | None]) -> None:
    """Delete these files when the transaction is committed, and never when it is not."""
    session.info.setdefault(_GONE, []).extend(filter(None, paths))


@event.listens_for(Session, "after_commit")
def _delete(committed: Session) -> None:
    for path in committed.info.pop(_GONE, ()):
        try:
            storage.current().delete(path)
        except AttachmentError:
            log.warning("could not remove %s", path)


@event.listens_for(Session, "after_rollback")
def _keep(rolled_back: Session) -> None:
    rolled_back.info.pop(_GONE, None)
