"""Long conversations for tests in a browser."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.factories import messaging, saving, start
from tests.people import People
from webapp.accounts.viewer import Viewer
from webapp.database import now, session
from webapp.messaging.models import Conversation, Message
from webapp.messaging.service import Draft


def talk_with(people: People, name: str, text: str = "Hello") -> Conversation:
    """Start a conversation that ada, olga or mara can open, called "Late parcel"."""
    return start(people.ada if name == "ada" else people.olga, people.mara_row, "Late parcel", text)


def send_many(viewer: Viewer, conversation: Conversation, count: int) -> None:
    """Send messages "number 2" and so on, in one transaction: the first message is number 1."""
    with saving():
        for number in range(2, count + 2):
            messaging.send_message(viewer, conversation.id, Draft(f"number {number}", None, None))


def spread_over_days(conversation: Conversation, days: int) -> None:
    """Move the messages back in time, evenly, so that the last ones are of today."""
    with saving():
        found = list(session.scalars(select(Message).filter_by(conversation_id=conversation.id).order_by(Message.seq)))
        today = now().replace(hour=0, minute=0, second=0, microsecond=0)
        for at, message in enumerate(found):
            message.created_at = today - timedelta(days=days - 1 - at * days // len(found)) + timedelta(milliseconds=at)
