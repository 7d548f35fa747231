"""What is large beside the many conversations: threads of thousands of messages, a store and a platform of hundreds."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select

from webapp.accounts.models import MemberRole, Side, StoreMember, User, UserRole
from webapp.accounts.viewer import Viewer
from webapp.database import now, session, writing
from webapp.messaging import bulk
from webapp.messaging.bulk import Line, WholeConversation
from webapp.messaging.drafts import NewConversation
from webapp.messaging.models import Conversation, ConversationType
from webapp.messaging.recipients import Recipient
from webapp.messaging.service import MessagingService

LONG, LONGEST = 200, 100_000
MEMBERS, ADMINS = 500, 200
AT_ONCE = 5_000


def long_thread(store: int, owner: int, messages: int) -> int:
    """Write a conversation of so many messages between an owner and the first customer, and return its id."""
    people, begun = [(Side.STORE, owner), (Side.CUSTOMER, 1)], now()
    lines = [
        Line(people[turn % 2], f"Message {turn}, see https://example.com/{turn}", begun + timedelta(milliseconds=turn))
        for turn in range(messages)
    ]
    name = f"long-{messages}"
    whole = WholeConversation(store, name, ConversationType.STORE_CUSTOMER, "Long thread", 1, people, lines)
    with writing():
        bulk.write([whole])
        return session.scalars(select(Conversation.id).where(Conversation.external_id == name)).one()


def whole_store(store: int) -> int:
    """Give a store 500 members and the platform 200 admins; return what an admin started with all of the store."""
    with writing():
        people = [_user(f"member{number}", UserRole.STORE) for number in range(MEMBERS)]
        members = list(session.scalars(insert(User).returning(User.id), people))
        admins = [_user(f"admin{number}", UserRole.ADMIN) for number in range(ADMINS)]
        first = session.scalars(insert(User).returning(User.id), admins).all()[0]
        membership = {"store_id": store, "role": MemberRole.AGENT, "is_active": True, "created_at": now()}
        session.execute(insert(StoreMember), [{**membership, "user_id": number} for number in members])
    admin = Viewer(Side.ADMIN, first, "Admin", "admin@crowd.example")
    with writing():
        new = NewConversation(ConversationType.ADMIN_STORE, Recipient(Side.STORE, None, store), "To all", "Hello")
        return MessagingService().create_conversation(admin, new).conversation.id


def _user(name: str, role: UserRole) -> dict[str, object]:
    return {"email": f"{name}@crowd.example", "name": name, "password_hash": "", "role": role, "created_at": now()}
