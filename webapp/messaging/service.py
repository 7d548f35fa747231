"""MessagingService: the verbs. Each takes the viewer first, checks access, writes by SQL, and never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.accounts.viewer import Viewer
from webapp.database import is_postgresql, now, session
from webapp.messaging import access, counters, events, membership, queries
from webapp.messaging.access import Action
from webapp.messaging.errors import ConversationClosed, KeyReused
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    ConversationType,
    EventWord,
    Message,
    MessageKind,
)
from webapp.messaging.queries import (
    ConversationFilters,
    ConversationList,
    Position,
    Thread,
    Window,
)
from webapp.messaging.recipients import Recipient
from webapp.messaging.text import (
    clean_content,
    clean_key,
    clean_subject,
    fingerprint,
    preview_of,
)
from webapp.settings.definitions import STOREFRONT_ADMIN_CONVERSATIONS, Value
from webapp.settings.service import PlatformSettings


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send. ``up_to_seq`` is the last message that their page showed."""

    content: str
    client_key: str | None = None
    up_to_seq: int | None = None


@dataclass(frozen=True, slots=True)
class NewConversation:
    """What somebody wants to start."""

    conversation_type: ConversationType
    recipient: Recipient
    subject: str
    content: str
    client_key: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is stored; ``repeated`` when it was by an earlier request with the same key."""

    message: Message
    conversation: Conversation
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class ReadMark:
    """Where the viewer stands in one conversation, and their badge."""

    last_read_seq: int
    unread_count: int


class MessagingService:
    """Everything that can be done with conversations; writing verbs run inside ``database.writing()``."""

    def create_conversation(self, viewer: Viewer, new: NewConversation) -> Sent:
        """Start a conversation with its first message; the recipients become participants.

        Raises NotAllowed for a channel the viewer may not start, Invalid for text or a recipient that cannot be
        accepted (a foreign one like an unknown one), KeyReused for the key of another request. The key is looked up
        before the recipient: a retry gets the first answer even if the recipient was deactivated meanwhile.
        """
        access.require_start(viewer, new.conversation_type)
        subject, content, client_key = (
            clean_subject(new.subject),
            clean_content(new.content),
            clean_key(new.client_key),
        )
        request_hash = fingerprint(new.conversation_type.value, new.recipient.as_text(), subject, content)
        if client_key and (earlier := self._started_before(viewer, client_key, request_hash)):
            return earlier
        addressed = membership.address(viewer, new.conversation_type, new.recipient)
        moment = now()
        conversation = Conversation(
            store_id=addressed.store_id,
            conversation_type=new.conversation_type,
            subject=subject,
            status=ConversationStatus.OPEN,
            created_by_type=viewer.side,
            created_by_id=viewer.id,
            client_key=client_key,
            request_hash=request_hash,
            customer_id=addressed.customer_id,
            last_message_at=moment,
            last_message_preview="",
            last_sender_type=viewer.side,
            last_sender_id=viewer.id,
            created_at=moment,
        )
        conversation_id = _insert_once(conversation)
        if conversation_id is None:
            if earlier := self._started_before(viewer, client_key, request_hash):
                return earlier
            raise KeyReused
        conversation = session.get_one(Conversation, conversation_id)
        membership.join(conversation, [(viewer.side, viewer.id), *addressed.people], moment)
        events.publish(events.ConversationStarted(conversation.id, conversation.store_id, viewer.side, viewer.id))
        return self._add_message(
            viewer,
            conversation,
            content,
            moment,
            client_key=None,
            request_hash=request_hash,
        )

    def send_message(self, viewer: Viewer, conversation_id: int, draft: Draft) -> Sent:
        """Send a message; the sender becomes a participant, everybody else's unread count grows by one.

        Raises Invalid, NotFound, ConversationClosed, or KeyReused for a key that stands for another content. The key
        is looked up before the status: a retry after a close gets the first answer.
        """
        content, client_key = clean_content(draft.content), clean_key(draft.client_key)
        conversation = access.require(viewer, Action.SEND, conversation_id, lock=True)
        request_hash = fingerprint(content)
        if client_key and (earlier := self._sent_before(viewer, conversation, client_key)):
            if earlier.request_hash != request_hash:
                raise KeyReused
            return Sent(earlier, conversation, repeated=True)
        if not conversation.is_open:
            raise ConversationClosed
        moment = now()
        standing = membership.standing(viewer, conversation)
        membership.fill_empty_side(viewer, conversation, standing, moment)
        shown = conversation.last_seq if draft.up_to_seq is None else draft.up_to_seq
        if not standing.is_participant:
            membership.join(conversation, [(viewer.side, viewer.id)], moment, read_up_to=shown)
        elif draft.up_to_seq is not None and standing.unread_count:
            counters.move_mark(viewer, conversation, max(standing.last_read_seq, shown))
        return self._add_message(viewer, conversation, content, moment, client_key, request_hash)

    def get_conversation(self, viewer: Viewer, conversation_id: int, window: Window | None = None) -> Thread:
        """Return a conversation with its people and a window of its messages; raises NotFound. Changes nothing."""
        return queries.thread(viewer, conversation_id, window or Window())

    def list_conversations(
        self,
        viewer: Viewer,
        filters: ConversationFilters,
        after: Position | None = None,
        limit: int = 25,
    ) -> ConversationList:
        """Return a page of the inbox, newest first, with a total counted up to 1,000."""
        return queries.conversation_list(viewer, filters, after, limit)

    def get_unread_count(self, viewer: Viewer) -> int:
        """Return the viewer's badge: unread messages in the conversations they take part in."""
        return queries.badge(viewer).unread_messages

    def mark_conversation_read(self, viewer: Viewer, conversation_id: int, up_to_seq: int | None = None) -> ReadMark:
        """Move the viewer's read mark forward to a message, by default the last; never back.

        Somebody who takes no part has no mark, and nothing changes for them.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        standing = membership.standing(viewer, conversation)
        wanted = conversation.last_seq if up_to_seq is None else min(max(up_to_seq, 0), conversation.last_seq)
        mark = max(standing.last_read_seq, wanted)
        if standing.is_participant and mark > standing.last_read_seq:
            counters.move_mark(viewer, conversation, mark)
        return ReadMark(mark if standing.is_participant else 0, self.get_unread_count(viewer))

    def mark_conversation_unread(self, viewer: Viewer, conversation_id: int, from_seq: int | None = None) -> ReadMark:
        """Make the messages by others from this one on unread again, by default the last of them.

        The viewer takes part from now on.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        self._take_part(viewer, conversation)
        if from_seq is None:
            from_seq = queries.last_by_others(viewer, conversation.id) or conversation.last_seq + 1
        mark = min(max(from_seq - 1, 0), conversation.last_seq)
        counters.move_mark(viewer, conversation, mark)
        return ReadMark(mark, self.get_unread_count(viewer))

    def set_email_notifications(self, viewer: Viewer, conversation_id: int, wanted: bool) -> bool:
        """Switch the viewer's e-mails about this conversation, and return the switch's state.

        Switching them on makes the viewer a participant: mails go to participants only.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        if wanted:
            self._take_part(viewer, conversation)
        session.execute(
            update(ConversationParticipant)
            .where(
                ConversationParticipant.conversation_id == conversation.id,
                access.is_own_participation(viewer),
                ConversationParticipant.left_at.is_(None),
            )
            .values(email_notifications=wanted)
        )
        return wanted

    def close_conversation(self, viewer: Viewer, conversation_id: int) -> Conversation:
        """Close the conversation; nobody can write to it until it is reopened. Closed already: nothing changes."""
        conversation = access.require(viewer, Action.CLOSE, conversation_id, lock=True)
        if conversation.is_open:
            self._change_status(viewer, conversation, ConversationStatus.CLOSED, EventWord.CLOSED)
            events.publish(
                events.ConversationWasClosed(
                    conversation.id,
                    conversation.store_id,
                    viewer.side,
                    viewer.id,
                    conversation.last_seq,
                )
            )
        return conversation

    def reopen_conversation(self, viewer: Viewer, conversation_id: int) -> Conversation:
        """Reopen the conversation. Open already: nothing changes."""
        conversation = access.require(viewer, Action.CLOSE, conversation_id, lock=True)
        if not conversation.is_open:
            self._change_status(viewer, conversation, ConversationStatus.OPEN, EventWord.REOPENED)
            events.publish(
                events.ConversationWasReopened(
                    conversation.id,
                    conversation.store_id,
                    viewer.side,
                    viewer.id,
                    conversation.last_seq,
                )
            )
        return conversation

    def change_settings(self, by: int | None, values: dict[str, Value]) -> set[str]:
        """Change platform settings, and in the same act the counters that depend on them."""
        changed = PlatformSettings().change(values, by)
        if STOREFRONT_ADMIN_CONVERSATIONS.key in changed:
            counters.recount_customer_inboxes()
        return changed

    def _take_part(self, viewer: Viewer, conversation: Conversation) -> None:
        if not membership.standing(viewer, conversation).is_participant:
            person = (viewer.side, viewer.id)
            membership.join(conversation, [person], now(), read_up_to=conversation.last_seq)

    def _sent_before(self, viewer: Viewer, conversation: Conversation, client_key: str) -> Message | None:
        return session.scalar(
            select(Message).where(
                Message.sender_type == viewer.side,
                Message.sender_id == viewer.id,
                Message.conversation_id == conversation.id,
                Message.client_key == client_key,
            )
        )

    def _started_before(self, viewer: Viewer, client_key: str | None, request_hash: str) -> Sent | None:
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

    def _add_message(
        self,
        viewer: Viewer,
        conversation: Conversation,
        content: str,
        moment: datetime,
        client_key: str | None,
        request_hash: str,
    ) -> Sent:
        seq = _next_seq(
            conversation,
            message_count=Conversation.message_count + 1,
            last_message_at=max(moment, conversation.last_message_at),
            last_message_preview=preview_of(content),
            last_sender_type=viewer.side,
            last_sender_id=viewer.id,
        )
        message = _message(viewer, conversation, seq, MessageKind.MESSAGE, content, moment)
        message.client_key, message.request_hash = client_key, request_hash
        session.add(message)
        session.flush()
        counters.count_message(viewer, conversation)
        events.publish(
            events.MessageSent(
                conversation.id,
                conversation.store_id,
                viewer.side,
                viewer.id,
                message.id,
                seq,
            )
        )
        return Sent(message, conversation)

    def _change_status(
        self,
        viewer: Viewer,
        conversation: Conversation,
        status: ConversationStatus,
        word: EventWord,
    ) -> None:
        moment = now()
        closed = status is ConversationStatus.CLOSED
        seq = _next_seq(
            conversation,
            status=status,
            closed_at=moment if closed else None,
            closed_by_type=viewer.side if closed else None,
            closed_by_id=viewer.id if closed else None,
        )
        session.add(_message(viewer, conversation, seq, MessageKind.EVENT, word.value, moment))
        session.flush()
        counters.copy_status(conversation)


def _next_seq(conversation: Conversation, **values: object) -> int:
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(last_seq=Conversation.last_seq + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(conversation)
    return conversation.last_seq


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
        created_at=moment,
    )


def _insert_once(conversation: Conversation) -> int | None:
    """Insert the row and return its id; None when its client key stands already, however many try at once."""
    values = {
        column.key: getattr(conversation, column.key)
        for column in Conversation.__mapper__.column_attrs
        if getattr(conversation, column.key) is not None
    }
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    statement = insert(Conversation).values(last_seq=0, message_count=0, **values)
    key = ["created_by_type", "created_by_id", "client_key"]
    return session.scalar(statement.on_conflict_do_nothing(index_elements=key).returning(Conversation.id))
