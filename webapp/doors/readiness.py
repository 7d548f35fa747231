"""What a load balancer and an operator are told: whether requests can be served, and what is missing."""

from __future__ import annotations

from functools import cache

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.attachments import storage
from webapp.attachments.errors import AttachmentError
from webapp.config import ROOT
from webapp.database import end_reading, now, session
from webapp.doors.portal import config
from webapp.notifications.models import Mail, MailState
from webapp.realtime import bus

ADVISORY = {"redis", "queue"}
"""Without these everything works, if more slowly or less shared."""

LATE_SECONDS = 900
"""How long a mail may be overdue before the queue counts as late: nobody works on it, or not enough do."""


def checks() -> dict[str, str]:
    """Return the state of everything that this process needs: ok, or what is wrong."""
    found = {"database": _database(), "storage": _storage(), "queue": _queue()}
    if config().redis_url:
        found["redis"] = "ok" if bus.current().is_whole else "unavailable"
    return found


def is_ready(found: dict[str, str]) -> bool:
    """Tell whether requests can be served."""
    return all(state == "ok" for name, state in found.items() if name not in ADVISORY)


def _database() -> str:
    """``outdated`` is a schema that lacks migrations of this version; a newer one than ours is served as well."""
    try:
        revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return "unavailable"
    finally:
        end_reading()
    former, head = _revisions()
    return "outdated" if revision is None or revision in former - {head} else "ok"


@cache
def _revisions() -> tuple[frozenset[str], str | None]:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(ROOT / "migrations"))
    return frozenset(one.revision for one in script.walk_revisions()), script.get_current_head()


def _queue() -> str:
    try:
        oldest = session.scalar(select(func.min(Mail.due_at)).where(Mail.state == MailState.PENDING))
    except SQLAlchemyError:
        return "unavailable"
    finally:
        end_reading()
    return "late" if oldest and (now() - oldest).total_seconds() > LATE_SECONDS else "ok"


def _storage() -> str:
    try:
        storage.current().check()
    except AttachmentError:
        return "unavailable"
    return "ok"
