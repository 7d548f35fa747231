"""From a mail that was kept to a message of its sender: who they are and what they may do is checked now."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, or_, select, update

from webapp.accounts.errors import Invalid as InvalidAccount
from webapp.accounts.people import active_viewer
from webapp.accounts.service import normalise_email
from webapp.accounts.viewer import Viewer
from webapp.attachments import storage
from webapp.attachments.errors import FilesRefused
from webapp.attachments.files import Upload
from webapp.database import now, reading, session, writing
from webapp.messaging.drafts import Draft, Sent
from webapp.messaging.errors import MessagingError
from webapp.messaging.models import CONTENT_LENGTH, Conversation, ConversationParticipant
from webapp.messaging.moderation_models import MessageRemoval
from webapp.messaging.text import without_control_characters
from webapp.notifications.inbound import raw_mails
from webapp.notifications.inbound.models import REASON_LENGTH, SENDER_LENGTH, InboundMail, InboundState
from webapp.notifications.inbound.process import Opened, Part, Unreadable, take_apart
from webapp.notifications.models import Mail, OutboxEntry
from webapp.notifications.queue import LEASE

Sending = Callable[[Viewer, int, Draft, Sequence[Upload]], Sent]
"""How a message is sent with its files; a door hands it in."""

MOST_TRIES = 3
RETRY = timedelta(minutes=5)
_KEYS = uuid.UUID("6f0d2b0e-4f0a-5d7e-9a3b-2f6f4a1c9d11")
log = logging.getLogger(__name__)


class Held(Exception):
    """The mail is not posted, and kept for an admin; the text says why."""


def post_received(send: Sending, stopping: Callable[[], bool]) -> int:
    """Post what was received, one mail after the other; return how many became messages."""
    count = 0
    while not stopping() and (mail := _claim()):
        count += _post(mail, send)
    return count


def _claim() -> InboundMail | None:
    free = (InboundMail.state == InboundState.RECEIVED) & or_(
        InboundMail.claimed_until.is_(None), InboundMail.claimed_until <= now()
    )
    oldest = select(InboundMail.id).where(free).order_by(InboundMail.id).limit(1)
    with reading():
        if session.scalar(oldest) is None:
            return None
    with writing():
        claimed = session.scalars(
            update(InboundMail)
            .where(InboundMail.id.in_(oldest.with_for_update(skip_locked=True)))
            .values(claimed_until=now() + LEASE, tries=InboundMail.tries + 1)
            .returning(InboundMail),
            execution_options={"synchronize_session": False, "populate_existing": True},
        ).first()
        session.expunge_all()
    return claimed


def _post(mail: InboundMail, send: Sending) -> bool:
    """Post one mail; whatever goes wrong, the next one has its turn."""
    opened: Opened | None = None
    staging = storage.current().staging
    staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staging, prefix="inbound-") as folder:
        try:
            if mail.tries > MOST_TRIES:
                raise Held("Whoever read it ended while doing so, each time")
            opened = _opened(mail, Path(folder))
            if opened.automatic:
                _settle(mail, InboundState.DROPPED, f"Sent by a machine: {opened.automatic}", opened)
                return False
            sent = _sent(mail, _viewer(mail, opened.sender), opened, send)
        except (Held, Unreadable) as reason:
            _settle(mail, InboundState.HELD, str(reason), opened)
        except MessagingError as error:
            _settle(mail, InboundState.HELD, error.message, opened)
        except Exception as error:
            log.exception("inbound mail %s failed", mail.id)
            _fail(mail, type(error).__name__, opened)
        else:
            _settle(mail, InboundState.POSTED, "", opened, message_id=sent.message.id)
            return True
    return False


def _fail(mail: InboundMail, error: str, opened: Opened | None) -> None:
    """Try again later, and hold what fails again and again."""
    if mail.tries >= MOST_TRIES:
        _settle(mail, InboundState.HELD, f"It failed {mail.tries} times: {error}", opened)
    else:
        _settle(mail, InboundState.RECEIVED, error, opened, claimed_until=now() + RETRY)


def _opened(mail: InboundMail, folder: Path) -> Opened:
    if mail.raw_path is None:
        raise Held("Its raw text is no longer there")
    source = folder / "raw"
    with source.open("wb") as file:
        file.writelines(storage.current().read(mail.raw_path, 0, mail.size_bytes))
    return take_apart(source, folder)


def _viewer(mail: InboundMail, sender: str) -> Viewer:
    """Return who answers; raises Held unless the mail comes from the address of the very person."""
    with reading():
        store_id = _store_of(mail)
        viewer = active_viewer(mail.participant_type, mail.participant_id, store_id)
    if viewer is None:
        raise Held("The account is no longer active")
    try:
        written = normalise_email(sender)
    except InvalidAccount:
        raise Held("It has not exactly one sender") from None
    if written != viewer.email:
        raise Held("Its sender is not the person whom the address belongs to")
    return viewer


def _store_of(mail: InboundMail) -> int | None:
    return session.scalar(
        select(ConversationParticipant.store_id).where(
            ConversationParticipant.conversation_id == mail.conversation_id,
            ConversationParticipant.participant_type == mail.participant_type,
            ConversationParticipant.participant_id == mail.participant_id,
        )
    )


def _sent(mail: InboundMail, viewer: Viewer, opened: Opened, send: Sending) -> Sent:
    """Send the text with its files; files that are not accepted are named below the text instead."""
    key, text = str(uuid.uuid5(_KEYS, f"{mail.id}")), _clean(opened.text)
    files, notes, shown = list(opened.files), list[str](), _last_shown(mail, opened)
    while True:
        draft = Draft(_with_notes(text, notes), key, shown, by_email=True)
        try:
            return send(viewer, mail.conversation_id, draft, [_upload(part) for part in files])
        except FilesRefused as error:
            notes += [f"{files[one.index].name}: {one.why.message}" for one in error.files]
            refused = {one.index for one in error.files}
            files = [part for index, part in enumerate(files) if index not in refused]


def _last_shown(mail: InboundMail, opened: Opened) -> int | None:
    """Return up to where the mails that are answered here have shown the conversation: the answer marks it read."""
    with reading():
        return session.scalar(
            select(func.max(OutboxEntry.seq))
            .join(Mail, Mail.id == OutboxEntry.mail_id)
            .where(
                Mail.message_id.in_(opened.answers),
                OutboxEntry.conversation_id == mail.conversation_id,
                OutboxEntry.participant_type == mail.participant_type,
                OutboxEntry.participant_id == mail.participant_id,
            )
        )


def _clean(text: str) -> str:
    return without_control_characters(text.replace("\r\n", "\n").replace("\r", "\n"), but="\n\t").strip()


def _with_notes(text: str, refused: list[str]) -> str:
    notes = "\n".join(f"[Not attached: {_clean(one)[:200]}]" for one in refused)
    room = CONTENT_LENGTH - len(notes) - 10
    cut = text if len(text) <= room else f"{text[:room].rstrip()} […]"
    return "\n\n".join(filter(None, (cut, notes)))


def _upload(part: Part) -> Upload:
    """Return a copy of the file, for one try: whoever takes it moves it away."""
    content = part.path.read_bytes()
    copy = part.path.with_name(f"{part.path.name}-{uuid.uuid4()}")
    copy.write_bytes(content)
    return Upload(part.name, copy, len(content), hashlib.sha256(content).hexdigest())


def _settle(mail: InboundMail, state: InboundState, reason: str, opened: Opened | None, **values: object) -> None:
    values = {"state": state, "reason": _clean(reason)[:REASON_LENGTH], "claimed_until": None, **values}
    with writing():
        if opened:
            values |= _kept(mail, state, opened)
        session.execute(update(InboundMail).where(InboundMail.id == mail.id).values(**values))


def _kept(mail: InboundMail, state: InboundState, opened: Opened) -> dict[str, object]:
    """Return what is kept of a mail: no quotes where a message was taken away, nothing if it was forgotten."""
    session.execute(select(Conversation.id).where(Conversation.id == mail.conversation_id).with_for_update())
    raw_path = session.scalar(select(InboundMail.raw_path).where(InboundMail.id == mail.id).with_for_update())
    if raw_path is None:
        return {}
    sender: dict[str, object] = {"sender": _clean(opened.sender)[:SENDER_LENGTH]}
    taken_away = select(MessageRemoval.message_id).where(MessageRemoval.conversation_id == mail.conversation_id)
    if session.scalar(taken_away.limit(1)) is None:
        return sender | {"original": _clean(opened.original)}
    if state in (InboundState.RECEIVED, InboundState.HELD):
        return sender
    raw_mails.delete_after_commit([raw_path])
    return sender | {"original": _clean(opened.text), "raw_path": None}
