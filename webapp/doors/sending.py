"""Sending and starting through any door: files are inspected and stored first, then one transaction writes it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from webapp.accounts.viewer import Viewer
from webapp.attachments.errors import AttachmentError
from webapp.attachments.files import StoredFile, Upload
from webapp.attachments.service import MessageAttachmentService
from webapp.database import reading, writing
from webapp.messaging.drafts import Draft, NewConversation, Sent
from webapp.messaging.errors import MessagingError
from webapp.messaging.service import MessagingService

messaging = MessagingService()
attachments = MessageAttachmentService()


def send(viewer: Viewer, conversation_id: int, draft: Draft, uploads: Sequence[Upload] = ()) -> Sent:
    """Send a message with its files, exactly once; raises what both services raise.

    A request that will be refused, or was answered before, is told so before its files are looked at.
    """
    if not uploads:
        with writing():
            return messaging.send_message(viewer, conversation_id, draft)
    draft = replace(draft, digests=_digests(uploads))
    with reading():
        earlier = messaging.sent_before(viewer, conversation_id, draft)
    if earlier:
        return earlier
    files = attachments.validate_and_store(uploads, conversation_id)
    try:
        with writing():
            sent = messaging.send_message(viewer, conversation_id, replace(draft, files=files))
    except (MessagingError, AttachmentError):
        attachments.discard(files)
        raise
    return _kept(sent, files)


def start(viewer: Viewer, new: NewConversation, uploads: Sequence[Upload] = ()) -> Sent:
    """Start a conversation whose first message has files, exactly once; raises what both services raise.

    Its id is taken first, in a transaction of its own: the files are stored under it.
    """
    if not uploads:
        with writing():
            return messaging.create_conversation(viewer, new)
    new = replace(new, digests=_digests(uploads))
    with reading():
        earlier = messaging.started_before(viewer, new)
    if earlier:
        return earlier
    with writing():
        number = messaging.take_number()
    files = attachments.validate_and_store(uploads, number)
    try:
        with writing():
            sent = messaging.create_conversation(viewer, replace(new, files=files, number=number))
    except (MessagingError, AttachmentError):
        attachments.discard(files)
        raise
    return _kept(sent, files)


def _digests(uploads: Sequence[Upload]) -> tuple[str, ...]:
    return tuple(f"{upload.sha256} {upload.filename}" for upload in uploads)


def _kept(sent: Sent, files: Sequence[StoredFile]) -> Sent:
    """Of two equal requests at the same time one is the message; the files of the other are not needed."""
    if sent.repeated:
        attachments.discard(files)
    return sent
