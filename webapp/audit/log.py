"""Writing to the audit log, always in the transaction of what is noted, and ending what has been kept long enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import delete, insert, select

from webapp.audit.models import Action, AuditEntry
from webapp.database import now, session

_ORIGIN = "parley_origin"


class Actor(Protocol):
    """Somebody who does something."""

    @property
    def side(self) -> str: ...
    @property
    def id(self) -> int: ...
    @property
    def store_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class By:
    """Somebody who does something, where there is no viewer yet."""

    side: str
    id: int
    store_id: int | None = None


def come_from(address: str) -> None:
    """Note from which network address everything comes that this session writes from now on."""
    session.info[_ORIGIN] = address[:64]


def note(
    actor: Actor | None,
    action: Action,
    object_type: str,
    object_id: object = "",
    *,
    store_id: int | None = None,
    is_private: bool = False,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append an entry to the log in the transaction that is under way; ``store_id`` is by default the actor's.

    ``before`` and ``after`` hold facts that say nothing of a person: ids, roles, switches, numbers.
    """
    session.execute(
        insert(AuditEntry),
        {
            "action": action.value,
            "actor_side": str(actor.side) if actor else None,
            "actor_id": actor.id if actor else None,
            "store_id": actor.store_id if actor and store_id is None else store_id,
            "is_private": is_private,
            "object_type": object_type,
            "object_id": str(object_id),
            "address": session.info.get(_ORIGIN, ""),
            "before": before,
            "after": after,
        },
    )


def has_just(actor: Actor, action: Action, object_id: str) -> bool:
    """Tell whether the same was noted of the same person within the last minute."""
    found = select(AuditEntry.id).where(
        AuditEntry.action == action.value,
        AuditEntry.actor_side == str(actor.side),
        AuditEntry.actor_id == actor.id,
        AuditEntry.object_id == object_id,
        AuditEntry.created_at > now() - timedelta(minutes=1),
    )
    return session.scalar(found.limit(1)) is not None


def prune(days: int) -> int:
    """Delete what is older than so many days and return how many entries that were.

    The database refuses it for entries younger than the setting ``audit_retention_days``.
    """
    gone = delete(AuditEntry).where(AuditEntry.created_at < now() - timedelta(days=days))
    return len(session.execute(gone.returning(AuditEntry.id)).all())
