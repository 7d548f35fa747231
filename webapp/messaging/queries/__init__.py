"""What pages and programs read: the inbox page, the thread, the badge. Each starts from access.py; no ORM rows."""

from webapp.messaging.queries.attachments import attachment
from webapp.messaging.queries.inbox import COUNTED_TO, conversation_list, conversation_row
from webapp.messaging.queries.news import badge, news
from webapp.messaging.queries.receipts import name_of, receipt
from webapp.messaging.queries.rows import (
    PAGE,
    AttachmentFile,
    AttachmentRow,
    Badge,
    ConversationFilters,
    ConversationList,
    ConversationRow,
    Finding,
    Matches,
    MessageRow,
    ParticipantRow,
    Party,
    Position,
    Receipt,
    Thread,
    Way,
    Window,
)
from webapp.messaging.queries.threads import last_by_others, message_window, thread

__all__ = [
    "COUNTED_TO",
    "PAGE",
    "AttachmentFile",
    "AttachmentRow",
    "Badge",
    "ConversationFilters",
    "ConversationList",
    "ConversationRow",
    "Finding",
    "Matches",
    "MessageRow",
    "ParticipantRow",
    "Party",
    "Position",
    "Receipt",
    "Thread",
    "Way",
    "Window",
    "attachment",
    "badge",
    "conversation_list",
    "conversation_row",
    "last_by_others",
    "message_window",
    "name_of",
    "news",
    "receipt",
    "thread",
]
