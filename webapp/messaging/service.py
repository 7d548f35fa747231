"""MessagingService: the verbs. Each takes the viewer first, checks access, writes by SQL, and never commits."""

from __future__ import annotations

import uuid

from webapp.accounts.viewer import Viewer
from webapp.attachments.models import ScanState
from webapp.audit.models import Action as Noted
from webapp.database import now, session
from webapp.messaging import (
    access,
    auditing,
    counters,
    events,
    locks,
    log,
    membership,
    numbers,
    queries,
    starting,
    unsent,
)
from webapp.messaging.access import Action
from webapp.messaging.drafts import Draft, NewConversation, ReadMark, Sent
from webapp.messaging.errors import ConversationClosed, KeyReused, NotAllowed
from webapp.messaging.models import Conversation, ConversationStatus, EventWord, Message
from webapp.messaging.queries import (
    AttachmentFile,
    ConversationFilters,
    ConversationList,
    Matches,
    Position,
    Thread,
    Window,
)
from webapp.messaging.standing import Standing, standing_of
from webapp.messaging.text import clean_content, clean_draft, clean_key, fingerprint, kept_of
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
        return starting.start(viewer, new)

    def started_before(self, viewer: Viewer, new: NewConversation) -> Sent | None:
        """Check a start before its files are stored; return what an earlier request with its key made.

        Raises what ``create_conversation`` would raise.
        """
        return starting.started_before(viewer, new)

    def take_number(self) -> int:
        """Return the id of a conversation that is yet to be started, so that its files can be stored under it."""
        return numbers.take()[0]

    def send_message(self, viewer: Viewer, conversation_id: int, draft: Draft) -> Sent:
        """Send a message; the sender becomes a participant, everybody else's unread count grows by one.

        Raises Invalid, NotFound, ConversationClosed, or KeyReused for a key that stands for another content. The key
        is looked up before the status: a retry after a close gets the first answer. The viewer's draft goes if it is
        what is sent, or an earlier state of it: what they write next stays.
        """
        content, client_key, request_hash = _cleaned(draft)
        conversation = access.require(viewer, Action.SEND, conversation_id, lock=True)
        standing = standing_of(viewer, conversation, client_key)
        if earlier := _sent_before(conversation, standing, request_hash):
            return earlier
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
            locks.lock_inboxes_of(conversation)  # all of them before one's own changes
            mark = max(standing.last_read_seq, shown)
            counters.move_mark(viewer, conversation, mark, standing.unread_count)
        if standing.has_draft:
            unsent.forget_sent(viewer, conversation.id, kept_of(content, draft.content, *draft.drafts))
        return log.add_message(
            viewer, conversation, content, moment, client_key, request_hash, draft.files, by_email=draft.by_email
        )

    def keep_draft(self, viewer: Viewer, conversation_id: int, text: str, client_key: str | None = None) -> None:
        """Keep what the viewer typed, for them alone, until they send or empty it.

        With the key of a message that was sent meanwhile nothing is kept: a late autosave brings no draft back.
        Raises NotFound, and Invalid for a text or a key that cannot be kept.
        """
        text, client_key = clean_draft(text), clean_key(client_key)
        conversation = access.require(viewer, Action.SEND, conversation_id, lock=True)
        if client_key and standing_of(viewer, conversation, client_key).sent_before is not None:
            return
        unsent.keep(viewer, conversation, text)

    def sent_before(self, viewer: Viewer, conversation_id: int, draft: Draft) -> Sent | None:
        """Check a message before its files are stored; return what an earlier request with its key made.

        Raises what ``send_message`` would raise.
        """
        _, client_key, request_hash = _cleaned(draft)
        conversation = access.require(viewer, Action.SEND, conversation_id)
        return _sent_before(conversation, standing_of(viewer, conversation, client_key), request_hash)

    def get_attachment(self, viewer: Viewer, conversation_id: int, attachment_id: uuid.UUID) -> AttachmentFile:
        """Return a file of a conversation; raises NotFound, and NotAllowed when it is infected."""
        found = queries.attachment(viewer, conversation_id, attachment_id)
        if found.scan_state is ScanState.INFECTED:
            raise NotAllowed("This file is infected and cannot be opened")
        if found.scan_state is ScanState.PENDING:
            raise NotAllowed("This file is still to be checked for viruses. Try again in a few minutes.")
        return found

    def get_conversation(self, viewer: Viewer, conversation_id: int, window: Window | None = None) -> Thread:
        """Return a conversation with its people and a window of its messages; raises NotFound. Changes nothing."""
        return queries.thread(viewer, conversation_id, window or Window())

    def list_conversations(
        self,
        viewer: Viewer,
        filters: ConversationFilters,
        after: Position | None = None,
        limit: int = 25,
        matches: Matches | None = None,
    ) -> ConversationList:
        """Return a page of the inbox, newest first, with a total counted up to 1,000; with matches, only those."""
        return queries.conversation_list(viewer, filters, after, limit, matches)

    def get_unread_count(self, viewer: Viewer) -> int:
        """Return the viewer's badge: unread messages in the conversations they take part in."""
        return queries.badge(viewer).unread_messages

    def mark_conversation_read(self, viewer: Viewer, conversation_id: int, up_to_seq: int | None = None) -> ReadMark:
        """Move the viewer's read mark forward to a message, by default the last; never back.

        Somebody who takes no part has no mark, and nothing changes for them.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        standing = standing_of(viewer, conversation)
        mark = max(standing.last_read_seq, _within(conversation, up_to_seq))
        if standing.is_participant and mark > standing.last_read_seq:
            locks.lock_inbox_of(viewer)
            counters.move_mark(viewer, conversation, mark, standing.unread_count)
        return ReadMark(mark if standing.is_participant else 0, queries.badge(viewer))

    def mark_conversation_unread(self, viewer: Viewer, conversation_id: int, from_seq: int | None = None) -> ReadMark:
        """Make the messages by others from this one on unread again, by default the last of them.

        What was not read yet stays so. The viewer takes part from now on.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        read, before = self._take_part(viewer, conversation)
        if from_seq is None:
            from_seq = queries.last_by_others(viewer, conversation.id) or conversation.last_seq + 1
        mark = min(read, _within(conversation, from_seq - 1))
        locks.lock_inbox_of(viewer)
        counters.move_mark(viewer, conversation, mark, before)
        return ReadMark(mark, queries.badge(viewer))

    def set_email_notifications(self, viewer: Viewer, conversation_id: int, wanted: bool) -> bool:
        """Switch the viewer's e-mails about this conversation, and return the switch's state.

        Switching them on makes the viewer a participant: mails go to participants only.
        """
        conversation = access.require(viewer, Action.SEE, conversation_id, lock=True)
        if wanted:
            self._take_part(viewer, conversation)
        membership.switch_emails(viewer, conversation, wanted)
        return wanted

    def close_conversation(self, viewer: Viewer, conversation_id: int) -> Conversation:
        """Close the conversation; nobody can write to it until it is reopened. Closed already: nothing changes."""
        conversation = access.require(viewer, Action.CLOSE, conversation_id, lock=True)
        if conversation.is_open:
            log.change_status(viewer, conversation, ConversationStatus.CLOSED, EventWord.CLOSED)
            auditing.note(viewer, Noted.CONVERSATION_CLOSED, conversation)
            events.publish(
                events.ConversationWasClosed(*events.about(conversation), viewer.side, viewer.id, conversation.last_seq)
            )
        return conversation

    def reopen_conversation(self, viewer: Viewer, conversation_id: int) -> Conversation:
        """Reopen the conversation. Open already: nothing changes."""
        conversation = access.require(viewer, Action.CLOSE, conversation_id, lock=True)
        if not conversation.is_open:
            log.change_status(viewer, conversation, ConversationStatus.OPEN, EventWord.REOPENED)
            auditing.note(viewer, Noted.CONVERSATION_REOPENED, conversation)
            events.publish(
                events.ConversationWasReopened(
                    *events.about(conversation), viewer.side, viewer.id, conversation.last_seq
                )
            )
        return conversation

    def change_settings(self, by: int | None, values: dict[str, Value]) -> set[str]:
        """Change platform settings, and in the same act the counters that depend on them."""
        changed = PlatformSettings().change(values, by)
        if STOREFRONT_ADMIN_CONVERSATIONS.key in changed:
            counters.recount_customer_inboxes()
        return changed

    def _take_part(self, viewer: Viewer, conversation: Conversation) -> tuple[int, int]:
        """Make the viewer a participant who has read all, unless they take part; return their mark and unread count."""
        standing = standing_of(viewer, conversation)
        if standing.is_participant:
            return standing.last_read_seq, standing.unread_count
        person, moment = (viewer.side, viewer.id), now()
        membership.lock(conversation, [person], moment)
        membership.join(conversation, [person], moment, read_up_to=conversation.last_seq)
        return conversation.last_seq, 0


def _cleaned(draft: Draft) -> tuple[str, str | None, str]:
    """Return a draft's text and key, and the hash of the request; raises Invalid."""
    content = clean_content(draft.content, has_files=bool(draft.digests))
    return content, clean_key(draft.client_key), fingerprint(content, *draft.digests)


def _sent_before(conversation: Conversation, standing: Standing, request_hash: str) -> Sent | None:
    """Return what the key stands for already; raises KeyReused, or ConversationClosed for a new message."""
    if standing.sent_before is not None:
        earlier = session.get_one(Message, standing.sent_before)
        if earlier.request_hash != request_hash:
            raise KeyReused
        return Sent(earlier, conversation, repeated=True)
    if not conversation.is_open:
        raise ConversationClosed
    if standing.is_blocked:
        raise NotAllowed("You cannot write here any more: you were blocked. Your message was not sent.")
    return None


def _within(conversation: Conversation, seq: int | None) -> int:
    """Return a seq that the conversation has, whatever a page or a program sent: its last one by default."""
    return conversation.last_seq if seq is None else min(max(seq, 0), conversation.last_seq)
