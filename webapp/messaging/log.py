"""Writing to a conversation: the next number of its log, messages, events, and what was written under a key before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import UpdateBase, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm.attributes import set_committed_value

from webapp.accounts.viewer import Viewer
from webapp.attachments.errors import QuotaReached
from webapp.attachments.files import StoredFile
from webapp.attachments.models import MessageAttachment, ScanState
from webapp.audit import log as audit
from webapp.audit.models import Action
from webapp.database import is_postgresql, now, session
from webapp.messaging import access, asking, counters, events, words
from webapp.messaging.drafts import Sent
from webapp.messaging.errors import KeyReused
from webapp.messaging.models import Conversation, ConversationStatus, EventWord, Message, MessageKind
from webapp.messaging.text import preview_of
from webapp.prepared import write
from webapp.settings.definitions import STORE_QUOTA_MB
from webapp.settings.service import PlatformSettings


def started_before(viewer: Viewer, client_key: str | None, request_hash: str) -> Sent | None:
    """Find the conversation that the viewer started under this key; raises KeyReused if it was another request."""
    conversation: Conversation | None = session.scalar(
        access.visible_conversations(viewer, Conversation).where(
            Conversation.created_by_type == viewer.side,
            Conversation.created_by_id == viewer.id,
            Conversation.client_key == client_key,
        )
    )
    if conversation is None:
        return None
    if conversation.request_hash != request_hash:
        raise KeyReused
    first = select(Message).where(Message.conversation_id == conversation.id, Message.seq == 1)
    return Sent(session.scalars(first).one(), conversation, repeated=True)


def add_message(
    viewer: Viewer,
    conversation: Conversation,
    content: str,
    moment: datetime,
    client_key: str | None,
    request_hash: str,
    files: Sequence[StoredFile] = (),
    names: Sequence[str] = (),
    *,
    by_email: bool = False,
) -> Sent:
    """Append a message with its files to a locked conversation, count it for everybody else, and publish it.

    ``names`` of the parties come with the first one, so that the conversation can be found by them.
    """
    filenames = [file.filename for file in files]
    written = {
        "last_message_at": max(moment, conversation.last_message_at),
        "last_message_preview": preview_of(content, filenames),
        "last_sender_type": viewer.side,
        "last_sender_id": viewer.id,
    }
    seq = _next_seq(conversation, MessageKind.MESSAGE, written)
    subject = conversation.subject if seq == 1 else ""
    said = words.Said(seq, (viewer.side, viewer.id), viewer.name, content, filenames, subject, names)
    message = _message(viewer, conversation, seq, MessageKind.MESSAGE, content, moment)
    message.words = words.of_message(access.place_of(conversation), said)
    message.client_key, message.request_hash, message.by_email = client_key, request_hash, by_email
    _insert(message)
    attach(message, files)
    events.publish(events.MessageSent(*events.about(conversation), viewer.side, viewer.id, message.id, seq))
    counters.count_message(viewer, conversation)  # last, since it makes others wait
    return Sent(message, conversation)


def attach(message: Message, files: Sequence[StoredFile]) -> None:
    """Write the rows of a message's stored files."""
    if not files:
        return
    _require_room(message.store_id, files)
    of_message = {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        "store_id": message.store_id,
        "created_at": message.created_at,
    }
    rows = [{**of_message, **asdict(file), "is_image": file.is_image} for file in files]
    session.execute(insert(MessageAttachment), rows)
    for file in files:
        if file.scan_state is ScanState.INFECTED:
            facts = {"conversation": message.conversation_id, "found": file.scan_note}
            audit.note(None, Action.FILE_INFECTED, "attachment", file.id, store_id=message.store_id, after=facts)


def _require_room(store_id: int, files: Sequence[StoredFile]) -> None:
    quota = int(PlatformSettings().get(STORE_QUOTA_MB)) * 1024 * 1024
    if not quota:
        return
    taken = select(func.coalesce(func.sum(MessageAttachment.size_bytes), 0))
    held = session.scalar(taken.where(MessageAttachment.store_id == store_id)) or 0
    if held + sum(file.size_bytes for file in files) > quota:
        raise QuotaReached


def change_status(
    viewer: Viewer,
    conversation: Conversation,
    status: ConversationStatus,
    word: EventWord,
) -> None:
    """Append the event of a changed status to a locked conversation and copy the status to its inboxes."""
    moment = now()
    closed = status is ConversationStatus.CLOSED
    changed = {
        "status": status,
        "closed_at": moment if closed else None,
        "closed_by_type": viewer.side if closed else None,
        "closed_by_id": viewer.id if closed else None,
    }
    seq = _next_seq(conversation, MessageKind.EVENT, changed)
    _insert(_message(viewer, conversation, seq, MessageKind.EVENT, word.value, moment))
    counters.copy_status(conversation)


def _next_seq(conversation: Conversation, kind: MessageKind, values: Mapping[str, object]) -> int:
    """Take the next number of a locked conversation, and set these columns of it."""
    given = {f"new_{name}": value for name, value in values.items()}
    asked = {"in_conversation": conversation.id, **given}
    (counted,) = write(_append(kind, tuple(given)), asked)
    for name, value in {**values, **counted._asdict()}.items():
        set_committed_value(conversation, name, value)
    return conversation.last_seq


@cache
def _append(kind: MessageKind, names: tuple[str, ...]) -> UpdateBase:
    new = _new(Conversation, names)
    if kind is MessageKind.MESSAGE:
        new["message_count"] = Conversation.message_count + 1
    of_it = update(Conversation).where(Conversation.id == asking.AnyConversation.id)
    counted = of_it.values(last_seq=Conversation.last_seq + 1, **new)
    return counted.returning(Conversation.last_seq, Conversation.message_count)


def _message(
    viewer: Viewer,
    conversation: Conversation,
    seq: int,
    kind: MessageKind,
    content: str,
    moment: datetime,
) -> Message:
    return Message(
        conversation_id=conversation.id,
        store_id=conversation.store_id,
        seq=seq,
        sender_type=viewer.side,
        sender_id=viewer.id,
        kind=kind,
        content=content,
        words=(),
        by_email=False,
        created_at=moment,
    )


def insert_once(conversation: Conversation) -> int | None:
    """Insert the row and return its id; None when its client key stands already, however many try at once."""
    given = _given(conversation)
    rows = write(_insert_once(tuple(given), postgresql=is_postgresql()), given)
    return rows[0].id if rows else None


@cache
def _insert_once(names: tuple[str, ...], *, postgresql: bool) -> UpdateBase:
    make = pg.insert if postgresql else sqlite.insert
    statement = make(Conversation).values(last_seq=0, message_count=0, **_new(Conversation, names))
    key = ["created_by_type", "created_by_id", "client_key"]
    return statement.on_conflict_do_nothing(index_elements=key).returning(Conversation.id)


def _insert(message: Message) -> None:
    """Insert the row, past the session, and give the message its id."""
    given = _given(message)
    message.id = write(_insert_message(tuple(given)), given)[0].id


@cache
def _insert_message(names: tuple[str, ...]) -> UpdateBase:
    return insert(Message).values(**_new(Message, names)).returning(Message.id)


def _given(row: Conversation | Message) -> dict[str, Any]:
    """The columns that a row has a value for, under the names of ``_new``."""
    values = {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs}
    return {f"new_{name}": value for name, value in values.items() if value is not None}


def _new(table: type[Conversation | Message], names: Iterable[str]) -> dict[str, Any]:
    """A parameter for each of these columns, of its name with ``new_`` before it."""
    columns = table.__table__.c
    return {name.removeprefix("new_"): bindparam(name, type_=columns[name.removeprefix("new_")].type) for name in names}
