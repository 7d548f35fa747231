"""The badge, and what a poll compares to tell whether there is anything new."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, select

from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.messaging import access
from webapp.messaging.models import Conversation, Inbox
from webapp.messaging.queries.ranges import newest_of_team
from webapp.messaging.queries.rows import Badge


def badge(viewer: Viewer) -> Badge:
    """Read the viewer's badge and version from their one inbox row."""
    row = session.execute(select(Inbox.unread_messages, Inbox.version).where(access.owns_inbox(viewer))).first()
    return Badge(*row) if row else Badge(0, 0)


def news(viewer: Viewer, conversation_id: int | None, team: bool) -> tuple[int, int, str]:
    """Read what a poll compares: the inbox's version, an open thread's last seq, the team's newest key.

    One statement; a conversation that the viewer may not see has the last seq 0, like a missing one.
    """
    version = select(Inbox.version).where(access.owns_inbox(viewer)).scalar_subquery()
    columns: list[Any] = [func.coalesce(version, 0)]
    if conversation_id is not None and 0 < conversation_id <= access.LARGEST_KEY:
        seq = access.visible_conversations(viewer, Conversation.last_seq).where(Conversation.id == conversation_id)
        columns.append(func.coalesce(seq.scalar_subquery(), 0))
    else:
        columns.append(literal(0))
    columns.append(newest_of_team(viewer) if team else literal(""))
    row = session.execute(select(*columns)).one()
    return row[0], row[1], str(row[2] or "")
