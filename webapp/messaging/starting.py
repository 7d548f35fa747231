"""Starting a conversation: what is checked before anything is written, and the rows of the start itself."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.accounts.viewer import Viewer
from webapp.database import now, session
from webapp.messaging import access, events, log, membership, numbers
from webapp.messaging.addressing import address
from webapp.messaging.drafts import NewConversation, Sent
from webapp.messaging.errors import KeyReused
from webapp.messaging.models import Conversation, ConversationStatus
from webapp.messaging.text import clean_content, clean_key, clean_subject, fingerprint


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """The texts of a start, and the hash of the request."""

    subject: str
    content: str
    client_key: str | None
    request_hash: str


def started_before(viewer: Viewer, new: NewConversation) -> Sent | None:
    """Check a start before its files are stored, and return what an earlier request with its key made."""
    if earlier := _earlier(viewer, _cleaned(viewer, new)):
        return earlier
    address(viewer, new.conversation_type, new.recipient)
    return None


def start(viewer: Viewer, new: NewConversation) -> Sent:
    """Write a conversation with its first message, unless an earlier request with its key did.

    The key is looked up before the recipient: a retry gets the first answer whoever was deactivated meanwhile.
    """
    cleaned = _cleaned(viewer, new)
    if earlier := _earlier(viewer, cleaned):
        return earlier
    addressed = address(viewer, new.conversation_type, new.recipient)
    moment = now()
    conversation = Conversation(
        id=new.number or numbers.take()[0],
        store_id=addressed.store_id,
        conversation_type=new.conversation_type,
        subject=cleaned.subject,
        status=ConversationStatus.OPEN,
        created_by_type=viewer.side,
        created_by_id=viewer.id,
        client_key=cleaned.client_key,
        request_hash=cleaned.request_hash,
        customer_id=addressed.customer_id,
        last_message_at=moment,
        last_message_preview="",
        last_sender_type=viewer.side,
        last_sender_id=viewer.id,
        created_at=moment,
    )
    conversation_id = log.insert_once(conversation)
    if conversation_id is None:
        if earlier := _earlier(viewer, cleaned):
            return earlier
        raise KeyReused
    conversation = session.get_one(Conversation, conversation_id)
    people = [(viewer.side, viewer.id), *addressed.people]
    membership.lock(conversation, people, moment)
    membership.join(conversation, people, moment)
    events.publish(events.ConversationStarted(*events.about(conversation), viewer.side, viewer.id))
    return log.add_message(
        viewer, conversation, cleaned.content, moment, None, cleaned.request_hash, new.files, addressed.names
    )


def _cleaned(viewer: Viewer, new: NewConversation) -> _Cleaned:
    access.require_start(viewer, new.conversation_type)
    subject, content = clean_subject(new.subject), clean_content(new.content, has_files=bool(new.digests))
    request = (new.conversation_type.value, new.recipient.as_text(), subject, content, *new.digests)
    return _Cleaned(subject, content, clean_key(new.client_key), fingerprint(*request))


def _earlier(viewer: Viewer, cleaned: _Cleaned) -> Sent | None:
    return log.started_before(viewer, cleaned.client_key, cleaned.request_hash) if cleaned.client_key else None
