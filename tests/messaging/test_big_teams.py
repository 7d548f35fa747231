"""A store of 500 users and a platform of 200 admins: a conversation with all of them costs no more statements."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert

from tests.backends import engine_of
from tests.factories import messaging, new_conversation
from webapp.accounts.models import MemberRole, StoreMember, User, UserRole
from webapp.database import now, reading, session, writing
from webapp.messaging.drafts import Draft

MEMBERS, ADMINS = 500, 200
CEILINGS = {"start": (13, 14), "send": (8, 9), "answer": (8, 9), "read": (6, 7), "close": (7, 8)}


@pytest.fixture
def crowd(people):
    """Many more of both sides."""
    with writing():
        rows = [_user(f"member{number}", UserRole.STORE) for number in range(MEMBERS)]
        ids = list(session.scalars(insert(User).returning(User.id), rows))
        session.execute(insert(User), [_user(f"admin{number}", UserRole.ADMIN) for number in range(ADMINS)])
        member = {"store_id": people.harbor.id, "role": MemberRole.AGENT, "is_active": True, "created_at": now()}
        session.execute(insert(StoreMember), [{**member, "user_id": number} for number in ids])
    return len(ids)


def _user(name: str, role: UserRole) -> dict:
    return {"email": f"{name}@crowd.example", "name": name, "password_hash": "", "role": role, "created_at": now()}


@pytest.fixture
def act(app, backend):
    """Do something in one transaction, and hold the number of its statements against the ceiling."""

    def act(name, verb):
        statements = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith(("BEGIN", "COMMIT")):
                statements.append(statement)

        event.listen(engine_of(app), "before_cursor_execute", note)
        try:
            with writing():
                done = verb()
        finally:
            event.remove(engine_of(app), "before_cursor_execute", note)
        assert 0 < len(statements) <= CEILINGS[name][backend == "postgres"], "\n\n".join([name, *statements])
        return done

    return act


def test_a_conversation_with_a_whole_store(people, crowd, act):
    new = new_conversation(people.ada, people.harbor, "To all of you")
    conversation = act("start", lambda: messaging.create_conversation(people.ada, new)).conversation
    act("send", lambda: messaging.send_message(people.ada, conversation.id, Draft("And another thing")))
    act("answer", lambda: messaging.send_message(people.sam, conversation.id, Draft("Thank you")))
    act("read", lambda: messaging.mark_conversation_read(people.olga, conversation.id))
    act("close", lambda: messaging.close_conversation(people.ben, conversation.id))

    with reading():
        found = messaging.get_conversation(people.ada, conversation.id)
    assert len(found.participants) >= crowd + 3
