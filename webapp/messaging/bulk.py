"""Whole conversations written at once, as the import and the demo need them: inserts only, no access checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.models import Side
from webapp.attachments.files import StoredFile
from webapp.database import is_postgresql, session
from webapp.messaging import access, counters, indexing, log, numbers
from webapp.messaging.indexing import Names
from webapp.messaging.membership import Person, make_inboxes, tenant_of
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
    EventWord,
    Inbox,
    Message,
    MessageKind,
)
from webapp.messaging.text import preview_of
from webapp.messaging.words import Place, Said, of_message

Key = tuple[int, str]
"""The store and the external id: what makes writing the same conversation twice impossible."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message, its text cleaned, or one event, its text an EventWord."""

    sender: Person
    content: str
    at: datetime
    kind: MessageKind = MessageKind.MESSAGE


@dataclass(frozen=True, slots=True)
class WholeConversation:
    """A conversation with all that was said in it; at least one line is a message, the first line among them.

    ``read_up_to`` holds the marks of people who have not read everything.
    """

    store_id: int
    external_id: str
    conversation_type: ConversationType
    subject: str
    customer_id: int | None
    people: Sequence[Person]
    lines: Sequence[Line]
    read_up_to: Mapping[Person, int] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.store_id, self.external_id


def write(conversations: Iterable[WholeConversation]) -> set[Key]:
    """Write the conversations that are not there yet, counters included; return the keys of those that were written.

    The caller opens the transaction and keeps its batches small: everything of one call is in memory.
    """
    wanted: dict[Key, WholeConversation] = {}
    for conversation in conversations:
        wanted.setdefault(conversation.key, conversation)
    ids = _insert_conversations(list(wanted.values()))
    new = [(conversation_id, wanted[key]) for key, conversation_id in ids.items()]
    if new:
        inboxes = _inboxes([conversation for _, conversation in new])
        people = [person for _, one in new for person in _mentioned(one)]
        names = Names.of(people, {one.store_id for _, one in new}, session.connection())
        session.execute(insert(Message), [row for pair in new for row in _message_rows(*pair, names)])
        session.execute(
            insert(ConversationParticipant), [row for pair in new for row in _participant_rows(*pair, inboxes)]
        )
        _count([conversation_id for conversation_id, whole in new if whole.read_up_to], inboxes)
    return set(ids)


def ids_of(keys: Iterable[Key]) -> dict[Key, int]:
    """Return the ids of conversations that were written, by their keys."""
    key = tuple_(Conversation.store_id, Conversation.external_id)
    rows = session.execute(
        select(Conversation.id, Conversation.store_id, Conversation.external_id).where(key.in_(sorted(keys)))
    )
    return {(row.store_id, row.external_id): row.id for row in rows}


def attach(conversation_id: int, seq: int, files: Sequence[StoredFile]) -> None:
    """Add stored files to a message that was written without, and their names to its words."""
    message = session.scalars(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    ).one()
    log.attach(message, files)
    indexing.write(indexing.read([message.id]))


def _insert_conversations(conversations: list[WholeConversation]) -> dict[Key, int]:
    if not conversations:
        return {}
    make = postgresql.insert if is_postgresql() else sqlite.insert
    statement = make(Conversation).on_conflict_do_nothing(index_elements=["store_id", "external_id"])
    rows = session.execute(
        statement.returning(Conversation.id, Conversation.store_id, Conversation.external_id),
        [
            {"id": number, **_conversation_row(conversation)}
            for number, conversation in zip(numbers.take(len(conversations)), conversations, strict=True)
        ],
    )
    return {(row.store_id, row.external_id): row.id for row in rows}


def _conversation_row(conversation: WholeConversation) -> dict[str, Any]:
    messages = [line for line in conversation.lines if line.kind is MessageKind.MESSAGE]
    closing = _closing_line(conversation)
    first, last = conversation.lines[0], messages[-1]
    return {
        "store_id": conversation.store_id,
        "external_id": conversation.external_id,
        "conversation_type": conversation.conversation_type,
        "subject": conversation.subject,
        "status": ConversationStatus.CLOSED if closing else ConversationStatus.OPEN,
        "closed_at": closing.at if closing else None,
        "closed_by_type": closing.sender[0] if closing else None,
        "closed_by_id": closing.sender[1] if closing else None,
        "created_by_type": first.sender[0],
        "created_by_id": first.sender[1],
        "customer_id": conversation.customer_id,
        "last_seq": len(conversation.lines),
        "message_count": len(messages),
        "last_message_at": _last_message_at(conversation),
        "last_message_preview": preview_of(last.content),
        "last_sender_type": last.sender[0],
        "last_sender_id": last.sender[1],
        "created_at": first.at,
    }


def _closing_line(conversation: WholeConversation) -> Line | None:
    events = [line for line in conversation.lines if line.kind is MessageKind.EVENT]
    return events[-1] if events and events[-1].content == EventWord.CLOSED else None


def _last_message_at(conversation: WholeConversation) -> datetime:
    return max(line.at for line in conversation.lines if line.kind is MessageKind.MESSAGE)


def _mentioned(conversation: WholeConversation) -> Iterable[Person]:
    """Yield the people by whose names a conversation can be found."""
    yield from (line.sender for line in conversation.lines)
    if conversation.customer_id is not None:
        yield Side.CUSTOMER, conversation.customer_id


def _message_rows(conversation_id: int, conversation: WholeConversation, names: Names) -> Iterable[dict[str, Any]]:
    parties = access.sides(conversation.conversation_type)
    place = Place(conversation_id, conversation.store_id, parties, conversation.customer_id)
    for seq, line in enumerate(conversation.lines, start=1):
        subject = conversation.subject if seq == 1 else ""
        of_parties = names.of_parties(place) if seq == 1 else []
        said = Said(seq, line.sender, names.people[line.sender], line.content, (), subject, of_parties)
        yield {
            "conversation_id": conversation_id,
            "store_id": conversation.store_id,
            "seq": seq,
            "sender_type": line.sender[0],
            "sender_id": line.sender[1],
            "kind": line.kind,
            "content": line.content,
            "words": of_message(place, said) if line.kind is MessageKind.MESSAGE else (),
            "created_at": line.at,
        }


def _participant_rows(
    conversation_id: int, conversation: WholeConversation, inboxes: dict[tuple[Person, int | None], int]
) -> Iterable[dict[str, Any]]:
    closed = _closing_line(conversation) is not None
    for person in conversation.people:
        mark = conversation.read_up_to.get(person, len(conversation.lines))
        yield {
            "conversation_id": conversation_id,
            "participant_type": person[0],
            "participant_id": person[1],
            "store_id": conversation.store_id,
            "inbox_id": inboxes[person, tenant_of(person, conversation.store_id)],
            "status": ConversationStatus.CLOSED if closed else ConversationStatus.OPEN,
            "conversation_type": conversation.conversation_type,
            "last_message_at": _last_message_at(conversation),
            "unread_count": 0,
            "last_read_seq": mark,
            "email_notifications": True,
            "joined_at": conversation.lines[0].at,
        }


def _inboxes(conversations: list[WholeConversation]) -> dict[tuple[Person, int | None], int]:
    """Find or make the inboxes of everybody in the conversations: their ids by person and tenant."""
    owners = sorted(
        {
            (person, tenant_of(person, conversation.store_id))
            for conversation in conversations
            for person in conversation.people
        },
        key=str,
    )
    moment = min(conversation.lines[0].at for conversation in conversations)
    make_inboxes(owners, moment)
    rows = session.execute(
        select(Inbox.id, Inbox.participant_type, Inbox.participant_id, Inbox.store_id).where(
            tuple_(Inbox.participant_type, Inbox.participant_id).in_(sorted({person for person, _ in owners})),
            or_(Inbox.store_id.is_(None), Inbox.store_id.in_({tenant for _, tenant in owners if tenant})),
        )
    )
    found = {((row.participant_type, row.participant_id), row.store_id): row.id for row in rows}
    return {owner: found[owner] for owner in owners}


def _count(conversation_ids: Iterable[int], inboxes: Mapping[Any, int]) -> None:
    """Count what is unread by the rule of ``counters``, and tell the inboxes that something changed."""
    row = ConversationParticipant
    session.execute(
        update(row)
        .where(row.conversation_id.in_(set(conversation_ids)))
        .values(unread_count=counters.unread_of(row, row.last_read_seq))
        .execution_options(synchronize_session=False)
    )
    counters.recount_inboxes(Inbox.id.in_(set(inboxes.values())))
