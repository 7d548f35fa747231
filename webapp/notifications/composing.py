"""What a mail says: read through access as its reader, so that it holds nothing that their own page would not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.accounts.people import active_viewer
from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.messaging import queries
from webapp.messaging.errors import NotFound
from webapp.messaging.queries import ConversationRow, MessageRow, Window
from webapp.notifications.models import Mail, MailKind, OutboxEntry
from webapp.notifications.preferences import zone

SHOWN = 10
"""Messages of one conversation that a mail shows; the rest is counted."""

SHOWN_IN_DIGEST = 3
NOWHERE = ".invalid"
"""What ends the addresses that an import makes up for people who have none."""

TALKS_IN_DIGEST = 20
_READ_AT_ONCE = 200


class NothingToSay(Exception):
    """The mail has no reader or no message any more; the text says why, for an admin."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of a mail: the newest messages that its reader has not read, and how many there are."""

    conversation: ConversationRow
    messages: list[MessageRow]
    count: int

    @property
    def not_shown(self) -> int:
        return self.count - len(self.messages)

    @property
    def senders(self) -> list[str]:
        """The names of those who wrote, each once, in the order in which they did."""
        return list(dict.fromkeys(message.sender.name for message in self.messages))


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a mail says, and to whom."""

    reader: Viewer
    talks: list[Talk]
    count: int

    def local(self, moment: datetime) -> str:
        """Return a moment as the reader's clock and calendar show it."""
        there = moment.astimezone(zone(self.reader.timezone))
        return f"{there:%d %b %Y, %H:%M} {there.tzname()}"


def compose(mail: Mail) -> Letter:
    """Read what a mail says now; raises NothingToSay."""
    reader = active_viewer(mail.participant_type, mail.participant_id, mail.store_id)
    if reader is None:
        raise NothingToSay("The account is no longer active")
    if reader.email.endswith(NOWHERE):
        raise NothingToSay("The address is a placeholder of an import")
    seqs: dict[int, list[int]] = defaultdict(list)
    rows = select(OutboxEntry.conversation_id, OutboxEntry.seq).where(OutboxEntry.mail_id == mail.id)
    for row in session.execute(rows.order_by(OutboxEntry.message_id)):
        seqs[row.conversation_id].append(row.seq)
    most = SHOWN if mail.kind is MailKind.NEW_MESSAGE else SHOWN_IN_DIGEST
    found = [_talk(reader, number, wanted, most) for number, wanted in seqs.items()]
    talks = [talk for talk in found if talk]
    if not talks:
        raise NothingToSay("Read meanwhile, or not wanted any more")
    return Letter(reader, talks[-TALKS_IN_DIGEST:], sum(talk.count for talk in talks))


def _talk(reader: Viewer, conversation_id: int, seqs: list[int], most: int) -> Talk | None:
    try:
        conversation = queries.conversation_row(reader, conversation_id)
    except NotFound:
        return None
    unread = [seq for seq in seqs if seq > conversation.last_read_seq]
    if not unread or not conversation.is_participant or not conversation.email_notifications:
        return None
    first = unread[-most:][0]
    window = Window(after=first - 1, limit=min(unread[-1] - first + 1, _READ_AT_ONCE))
    messages, _, _ = queries.message_window(reader, conversation_id, window)
    shown = [message for message in messages if message.seq in unread and message.removal is None][-most:]
    return Talk(conversation, shown, len(unread)) if shown else None
