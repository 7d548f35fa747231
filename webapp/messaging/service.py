"""MessagingService: the verbs. Each takes the viewer first, checks access, writes by SQL, and never commits."""

from __future__ import annotations

from sqlalchemy import update

from webapp.accounts.viewer import Viewer
from webapp.database import now, session
from webapp.messaging import access, counters, events, log, membership, queries
from webapp.messaging.access import Action
from webapp.messaging.addressing import address
from webapp.messaging.drafts import Draft, NewConversation, ReadMark, Sent
from webapp.messaging.errors import ConversationClosed, KeyReused
from webapp.messaging.models import (
    Conversation,
    ConversationParticipant,
    ConversationStatus,
    EventWord,
    Message,
)
from webapp.messaging.queries import (
    ConversationFilters,
    ConversationList,
    Position,
    Thread,
    Window,
)
from webapp.messaging.text import (
    clean_content,
    clean_key,
    clean_subject,
    fingerprint,
)
from webapp.settings.definitions import STOREFRONT_ADMIN_CONVERSATIONS, Value
from webapp.settings.service import PlatformSettings


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
        if client_key and (earlier := log.started_before(viewer, client_key, request_hash)):
            return earlier
        addressed = address(viewer, new.conversation_type, new.recipient)
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
        conversation_id = log.insert_once(conversation)
        if conversation_id is None:
            if earlier := log.started_before(viewer, client_key, request_hash):
                return earlier
            raise KeyReused
        conversation = session.get_one(Conversation, conversation_id)
        people = [(viewer.side, viewer.id), *addressed.people]
        membership.lock(conversation, people, moment)
        membership.join(conversation, people, moment)
        events.publish(events.ConversationStarted(conversation.id, conversation.store_id, viewer.side, viewer.id))
        return log.add_message(
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
        standing = membership.standing(viewer, conversation, client_key)
        request_hash = fingerprint(content)
        if standing.sent_before is not None:
            earlier = session.get_one(Message, standing.sent_before)
            if earlier.request_hash != request_hash:
                raise KeyReused
            return Sent(earlier, conversation, repeated=True)
        if not conversation.is_open:
            raise ConversationClosed
        moment = now()
        shown = _within(conversation, draft.up_to_seq)
        stepping_in = membership.missing_side(viewer, conversation, standing)
        joining = [] if standing.is_participant else [(viewer.side, viewer.id)]
        membership.lock(conversation, [*joining, *stepping_in], moment)
        if stepping_in:
            handled = membership.handled_up_to(conversation, stepping_in[0][0])
            membership.join(conversation, stepping_in, moment, read_up_to=handled)
        if joining:
            membership.join(conversation, joining, moment, read_up_to=shown)
        elif draft.up_to_seq is not None and standing.unread_count:
            mark = max(standing.last_read_seq, shown)
            counters.move_mark(viewer, conversation, mark, standing.unread_count)
        return log.add_message(viewer, conversation, content, moment, client_key, request_hash)

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
        mark = max(standing.last_read_seq, _within(conversation, up_to_seq))
        if standing.is_participant and mark > standing.last_read_seq:
            counters.lock_inboxes(access.owns_inbox(viewer))
            counters.move_mark(viewer, conversation, mark, standing.unread_count)
        return ReadMark(mark if standing.is_participant else 0, queries.badge(viewer))

    def mark_conversation_unread(self, viewer: Viewer, conversation_id: int, from_seq: int | None = None) -> ReadMark:
        """Make the messages by others from this one on unread again, by default the last of them.

        The viewer takes part from now on.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        before = self._take_part(viewer, conversation)
        if from_seq is None:
            from_seq = queries.last_by_others(viewer, conversation.id) or conversation.last_seq + 1
        mark = _within(conversation, from_seq - 1)
        counters.lock_inboxes(access.owns_inbox(viewer))
        counters.move_mark(viewer, conversation, mark, before)
        return ReadMark(mark, queries.badge(viewer))

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
            log.change_status(viewer, conversation, ConversationStatus.CLOSED, EventWord.CLOSED)
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
            log.change_status(viewer, conversation, ConversationStatus.OPEN, EventWord.REOPENED)
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

    def _take_part(self, viewer: Viewer, conversation: Conversation) -> int:
        """Make the viewer a participant who has read all, unless they take part, and return their unread count."""
        standing = membership.standing(viewer, conversation)
        if standing.is_participant:
            return standing.unread_count
        person, moment = (viewer.side, viewer.id), now()
        membership.lock(conversation, [person], moment)
        membership.join(conversation, [person], moment, read_up_to=conversation.last_seq)
        return 0


def _within(conversation: Conversation, seq: int | None) -> int:
    """Return a seq that the conversation has, whatever a page or a program sent: its last one by default."""
    return conversation.last_seq if seq is None else min(max(seq, 0), conversation.last_seq)
