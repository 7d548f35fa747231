"""What reading returns: the rows and pages of an inbox and a thread, as values."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Select

from webapp.accounts.models import Side
from webapp.accounts.viewer import StoreRef
from webapp.attachments.models import ScanState
from webapp.messaging.models import ConversationStatus, ConversationType, MessageKind

PAGE = 30
"""How many messages of a thread are shown at once."""

LEAD = 5
"""How many messages stand above the first unread one, so that one knows what it answers."""


@dataclass(frozen=True, slots=True)
class ConversationFilters:
    """What narrows an inbox; it never widens it. No status means all."""

    team: bool = False
    """All that the viewer's side may see, instead of the conversations they take part in."""
    status: ConversationStatus | None = ConversationStatus.OPEN
    channel: ConversationType | None = None
    store_id: int | None = None
    unread: bool = False
    text: str = ""
    """What was typed into the search box; ``search`` turns it into matches."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A way to narrow an inbox to what a search found; its parts read the search's parameters.

    ``conversations`` selects their ids, as ``id``, where all of them are known; ``holds`` is the condition on one
    conversation's id, and so is ``reads``, which is the quicker one for few conversations and the slower one for many.
    ``holds_since`` is that of those whose ids are not below a second one, which it can be quicker for.
    """

    conversations: Callable[[], Select[Any]]
    holds: Callable[[ColumnElement[int]], ColumnElement[bool]]
    reads: Callable[[ColumnElement[int]], ColumnElement[bool]]
    holds_since: Callable[[ColumnElement[int], ColumnElement[int]], ColumnElement[bool]]


class Way(Enum):
    """How a page of what was found is made: looked up, or walked from the inbox's top, a part of the way or all.

    To read is to walk by ``Finding.reads``.
    """

    LOOK_UP = auto()
    READ_A_PART = auto()
    WALK_A_PART = auto()
    WALK = auto()

    @property
    def is_of_a_part(self) -> bool:
        return self in {Way.READ_A_PART, Way.WALK_A_PART}


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search found, and the way to it, of which a part is as long as the parameter ``walked`` says.

    A part may end before the page is full, and the page is then not to be used; so it is in an inbox that is not longer
    than that.
    """

    finding: Finding
    way: Way
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the inbox ended."""

    last_message_at: datetime
    conversation_id: int


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody by side, id and the name this viewer may see; the platform has no id, a store its own."""

    type: Side
    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of an inbox."""

    id: int
    conversation_type: ConversationType
    subject: str
    status: ConversationStatus
    closed_at: datetime | None
    created_at: datetime
    last_message_at: datetime
    last_message_preview: str
    last_sender: Party
    last_sender_is_viewer: bool
    last_seq: int
    message_count: int
    unread_count: int
    is_participant: bool
    email_notifications: bool
    last_read_seq: int
    other_party: Party
    store: StoreRef
    draft: str
    """What the viewer typed and did not send; in a list its beginning."""

    @property
    def is_open(self) -> bool:
        return self.status is ConversationStatus.OPEN


@dataclass(frozen=True, slots=True)
class ConversationList:
    """A page of the inbox. ``version`` and ``newest`` tell a poll what this page had seen; the badge comes along."""

    rows: list[ConversationRow]
    next: Position | None
    total: int
    total_is_capped: bool
    version: int
    newest: str
    unread_messages: int


@dataclass(frozen=True, slots=True)
class Badge:
    unread_messages: int
    version: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message, and how many of the other side have read it."""

    seq: int
    read_by: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which messages of a thread: before a seq, after a seq, half of them on each side of one, or the newest.

    With ``at_unread`` it begins at the first unread one instead, when the newest page would not hold it.
    """

    before: int | None = None
    after: int | None = None
    around: int | None = None
    limit: int = PAGE
    at_unread: bool = False


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One file of a message; the name is for people. ``width`` and ``height`` are of images, as they are shown."""

    id: uuid.UUID
    filename: str
    extension: str
    mime_type: str
    size_bytes: int
    is_image: bool
    width: int | None
    height: int | None
    has_active_content: bool
    scan_state: ScanState
    scan_note: str | None


@dataclass(frozen=True, slots=True)
class AttachmentFile(AttachmentRow):
    """A file with what serving it needs; nobody is shown the path."""

    sha256: str
    storage_path: str


@dataclass(frozen=True, slots=True)
class Removal:
    """That a message is gone: which side took it away, and why; without a reason its author did."""

    by: Side
    reason: str | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: int
    conversation_id: int
    seq: int
    sender: Party
    is_own: bool
    kind: MessageKind
    content: str
    created_at: datetime
    attachments: tuple[AttachmentRow, ...] = ()
    by_email: bool = False
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    party: Party
    last_read_seq: int | None
    """None for others when the viewer is a customer."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as its page shows it; the flags say what access lets this viewer do."""

    conversation: ConversationRow
    participants: list[ParticipantRow]
    messages: list[MessageRow]
    has_earlier: bool
    has_later: bool
    may_send: bool
    may_close: bool
    largest_file_mb: int
    most_files: int
