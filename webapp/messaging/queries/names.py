"""Under which names a viewer may know people: admins stand behind the platform's name for everybody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, case, func, or_, select

from webapp.accounts.models import Customer, Side, Store, User
from webapp.accounts.viewer import Viewer
from webapp.messaging.access import Asking
from webapp.messaging.models import Conversation, ConversationParticipant, ConversationType
from webapp.messaging.queries.rows import Party
from webapp.settings import service as settings
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME

_Row = ConversationParticipant


def name(viewer: Asking, side: Any, customer: Any, user: Any) -> ColumnElement[str]:
    """The name under which this viewer may know a person: admins stand behind the platform's for everybody else."""
    if viewer.is_admin:
        return case((side == Side.CUSTOMER, customer), else_=user)
    return case(
        (side == Side.CUSTOMER, customer),
        (side == Side.ADMIN, settings.text_of(PLATFORM_DISPLAY_NAME)),
        else_=user,
    )


def party(viewer: Viewer, side: Side, number: int, name: str | None) -> Party:
    """Admins have no id for the other sides: who of the platform wrote is the platform's own affair."""
    hidden = side is Side.ADMIN and not viewer.is_admin
    return Party(side, None if hidden else number, name or "")


def as_pattern(text: str) -> str:
    """Return the parameter ``pattern`` with which ``holds`` finds the text, whatever characters it has."""
    escaped = text.lower().replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"


def holds(viewer: Asking) -> ColumnElement[bool]:
    """The condition that a subject or a name which this viewer may see holds the text of ``pattern``."""

    def has(column: Any) -> ColumnElement[bool]:
        return func.lower(column).like(bindparam("pattern", type_=String), escape="/")

    people = select(_Row.conversation_id).join(
        User,
        and_(User.id == _Row.participant_id, _Row.participant_type != Side.CUSTOMER),
    )
    people = people.where(_Row.conversation_id == Conversation.id, has(User.name))
    platform: ColumnElement[bool] | None = None
    if not viewer.is_admin:
        people = people.where(_Row.participant_type == Side.STORE)
        platform = and_(
            Conversation.conversation_type != ConversationType.STORE_CUSTOMER,
            has(settings.text_of(PLATFORM_DISPLAY_NAME)),
        )
    conditions = [
        has(Conversation.subject),
        Conversation.customer_id.in_(select(Customer.id).where(has(Customer.name))),
        Conversation.store_id.in_(select(Store.id).where(has(Store.name))),
        people.correlate(Conversation).exists(),
    ]
    if platform is not None:
        conditions.append(platform)
    return or_(*conditions)
