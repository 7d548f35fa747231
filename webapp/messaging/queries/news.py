"""The badge, and what a poll compares to tell whether there is anything new."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import Id
from webapp.messaging import access, asking
from webapp.messaging.asking import Anybody
from webapp.messaging.models import Conversation, Inbox
from webapp.messaging.queries.ranges import newest_of_team
from webapp.messaging.queries.rows import Badge
from webapp.prepared import read


def badge(viewer: Viewer) -> Badge:
    """Read the viewer's badge and version from their one inbox row."""
    rows = read(_badge(viewer.side), asking.as_parameters(viewer))
    return Badge(*rows[0]) if rows else Badge(0, 0)


def news(viewer: Viewer, conversation_id: int | None, team: bool) -> tuple[int, int, str]:
    """Read what a poll compares: the inbox's version, an open thread's last seq, the team's newest key.

    One statement; a conversation that the viewer may not see has the last seq 0, like a missing one.
    """
    known = conversation_id if conversation_id is not None and 0 < conversation_id <= access.LARGEST_KEY else None
    asked = {**asking.as_parameters(viewer), "conversation_id": known}
    [(version, seq, newest)] = read(_news(viewer.side, team), asked)
    return version, seq, str(newest or "")


@cache
def _badge(side: Side) -> Select[int, int]:
    return select(Inbox.unread_messages, Inbox.version).where(access.owns_inbox(Anybody(side)))


@cache
def _news(side: Side, team: bool) -> Select[Any]:
    viewer = Anybody(side)
    version = select(Inbox.version).where(access.owns_inbox(viewer))
    seq = access.visible_conversation(viewer, bindparam("conversation_id", type_=Id), Conversation.last_seq)
    return select(
        func.coalesce(version.scalar_subquery(), 0),
        func.coalesce(seq.scalar_subquery(), 0),
        newest_of_team(viewer) if team else literal(""),
    )
