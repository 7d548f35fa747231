"""What people typed and did not send: kept for each person and conversation, gone with the message that it becomes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, now, session
from webapp.messaging.asking import Asking
from webapp.messaging.models import Conversation, KeptDraft


def keep(viewer: Viewer, conversation: Conversation, text: str) -> None:
    """Keep the viewer's draft in a locked conversation; an empty one is none."""
    if not text.strip():
        forget(viewer, conversation.id)
        return
    moment = now()
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    kept = insert(KeptDraft).values(
        conversation_id=conversation.id,
        participant_type=viewer.side,
        participant_id=viewer.id,
        store_id=conversation.store_id,
        content=text,
        created_at=moment,
        updated_at=moment,
    )
    session.execute(
        kept.on_conflict_do_update(
            index_elements=["conversation_id", "participant_type", "participant_id"],
            set_={"content": kept.excluded.content, "updated_at": kept.excluded.updated_at},
        )
    )


def forget(viewer: Viewer, conversation_id: int) -> None:
    """Remove the viewer's draft in a locked conversation."""
    session.execute(delete(KeptDraft).where(is_own(viewer), KeptDraft.conversation_id == conversation_id))


def forget_sent(viewer: Viewer, conversation_id: int, texts: set[str]) -> None:
    """Remove the viewer's draft in a locked conversation if it is one of these texts: another one is still unsent."""
    own = and_(is_own(viewer), KeptDraft.conversation_id == conversation_id)
    session.execute(delete(KeptDraft).where(own, KeptDraft.content.in_(texts)))


def of_viewer(viewer: Viewer) -> list[KeptDraft]:
    """Return what the viewer has typed and not sent, in the store they act in, the oldest first."""
    statement = select(KeptDraft).where(is_own(viewer))
    if viewer.store_id is not None:
        statement = statement.where(KeptDraft.store_id == viewer.store_id)
    return list(session.scalars(statement.order_by(KeptDraft.updated_at, KeptDraft.conversation_id)))


def is_own(viewer: Asking) -> ColumnElement[bool]:
    """The condition that a row of ``drafts`` is the viewer's: nobody ever reads another's."""
    return and_(KeptDraft.participant_type == viewer.side, KeptDraft.participant_id == viewer.id)
