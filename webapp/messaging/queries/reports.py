"""The messages that the platform was told about, for admins: with the text as it was reported, not with its thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Customer, Side, Store, User
from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.messaging.errors import NotFound
from webapp.messaging.models import Conversation, ConversationType, Message
from webapp.messaging.moderation_models import MessageReport

PAGE = 50


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report that nobody has settled."""

    id: int
    conversation_id: int
    channel: ConversationType
    seq: int
    store_name: str
    author: str
    author_side: Side
    reporter: str
    reporter_side: Side
    reason: str
    content: str
    created_at: datetime


def open_reports(viewer: Viewer) -> list[ReportRow]:
    """Return the reports that nobody has settled, the oldest first; raises NotFound for anybody but an admin."""
    if not viewer.is_admin:
        raise NotFound
    report = MessageReport
    reporting_user, reporting_customer = aliased(User), aliased(Customer)
    statement = (
        select(
            *(report.id, report.conversation_id, Conversation.conversation_type.label("channel"), Message.seq),
            Store.name.label("store_name"),
            func.coalesce(Customer.name, User.name, "").label("author"),
            Message.sender_type.label("author_side"),
            func.coalesce(reporting_customer.name, reporting_user.name, "").label("reporter"),
            report.by_side.label("reporter_side"),
            *(report.reason, report.content, report.created_at),
        )
        .join(Message, Message.id == report.message_id)
        .join(Conversation, Conversation.id == report.conversation_id)
        .join(Store, Store.id == report.store_id)
        .outerjoin(Customer, and_(Message.sender_type == Side.CUSTOMER, Customer.id == Message.sender_id))
        .outerjoin(User, and_(Message.sender_type != Side.CUSTOMER, User.id == Message.sender_id))
        .outerjoin(reporting_customer, and_(report.by_side == Side.CUSTOMER, reporting_customer.id == report.by_id))
        .outerjoin(reporting_user, and_(report.by_side != Side.CUSTOMER, reporting_user.id == report.by_id))
        .where(report.settled_at.is_(None))
        .order_by(report.id)
        .limit(PAGE)
    )
    return [ReportRow(**row) for row in session.execute(statement).mappings()]
