"""What is noted in the audit log of conversations."""

from __future__ import annotations

from typing import Any

from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.messaging.models import Conversation, ConversationType


def note(viewer: Viewer, action: Action, conversation: Conversation, **facts: dict[str, Any] | None) -> None:
    """Note what a viewer did with a conversation; what the platform is no party to stays with the store."""
    log.note(
        viewer,
        action,
        "conversation",
        conversation.id,
        store_id=conversation.store_id,
        is_private=conversation.conversation_type is ConversationType.STORE_CUSTOMER and not viewer.is_admin,
        **facts,
    )
