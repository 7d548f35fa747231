"""Who is writing right now: told to those who may see the conversation, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.messaging import access
from webapp.messaging.access import Action
from webapp.messaging.models import ConversationType
from webapp.realtime import audience, bus
from webapp.settings.definitions import STOREFRONT_ADMIN_CONVERSATIONS
from webapp.settings.service import PlatformSettings

Sign = Callable[[int, Side, int], str]
"""Makes of a conversation, a side and a person the sign with which a page can ask for a name."""


def tell(viewer: Viewer, conversation_id: int, sign: Sign) -> None:
    """Tell the others that the viewer writes; raises NotFound. In a closed conversation nobody does.

    Who of the platform writes is the platform's own affair: the others get a sign without the person.
    """
    conversation = access.require(viewer, Action.SEND, conversation_id)
    if not conversation.is_open:
        return
    number, side = conversation.id, viewer.side
    own = sign(number, side, viewer.id)
    others = sign(number, side, 0) if viewer.is_admin else own
    is_of_platform = conversation.conversation_type is ConversationType.ADMIN_CUSTOMER
    shown = not is_of_platform or bool(PlatformSettings().get(STOREFRONT_ADMIN_CONVERSATIONS))
    bus.current().publish(audience.of_typing(conversation, lambda reader: own if reader is side else others, shown))
