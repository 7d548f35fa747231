"""What tests look at: through the service as a viewer, or at the bare rows with a recount in plain Python."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select, text

from tests.factories import messaging
from webapp.accounts.viewer import Viewer
from webapp.database import reading, session
from webapp.messaging.errors import NotFound
from webapp.messaging.models import Conversation, Message
from webapp.messaging.queries import ConversationFilters, ConversationRow, Thread, Window
from webapp.search import service as search


def badge(viewer: Viewer) -> int:
    with reading():
        return messaging.get_unread_count(viewer)


def thread(viewer: Viewer, conversation: Conversation, **window: int) -> Thread:
    with reading():
        return messaging.get_conversation(viewer, conversation.id, Window(**window))


def row(viewer: Viewer, conversation: Conversation) -> ConversationRow:
    return thread(viewer, conversation).conversation


def unread(viewer: Viewer, conversation: Conversation) -> int:
    return row(viewer, conversation).unread_count


def sees(viewer: Viewer, conversation: Conversation) -> bool:
    try:
        return row(viewer, conversation).id == conversation.id
    except NotFound:
        return False


def listed(viewer: Viewer, **filters: object) -> list[str]:
    """The subjects on the first page of an inbox."""
    with reading():
        page = search.list_conversations(viewer, ConversationFilters(**filters)).page
    return [row.subject for row in page.rows]


def history(conversation: Conversation) -> list[tuple[int, str]]:
    """Every message and event of the conversation, by number."""
    with reading():
        found = select(Message.seq, Message.content).where(Message.conversation_id == conversation.id)
        return [tuple(row) for row in session.execute(found.order_by(Message.seq))]


def participants(conversation: Conversation) -> set[tuple[str, int]]:
    """The people who take part now, as side and id."""
    with reading():
        rows = session.execute(
            text(
                "SELECT participant_type, participant_id FROM conversation_participants "
                "WHERE conversation_id = :id AND left_at IS NULL"
            ),
            {"id": conversation.id},
        )
        return {tuple(row) for row in rows}


def stored_counts() -> tuple[dict, dict]:
    """The unread counts as they stand: of participants, and the sums of inboxes."""
    with reading():
        people = session.execute(
            text(
                "SELECT conversation_id, participant_type, participant_id, unread_count FROM conversation_participants"
            )
        )
        counts = {tuple(row[:3]): row[3] for row in people}
        inboxes = session.execute(
            text(
                "SELECT participant_type, participant_id, store_id, unread_messages, unread_conversations FROM inboxes"
            )
        )
        return counts, {tuple(row[:3]): tuple(row[3:]) for row in inboxes}


def counted_anew(customers_see_the_platform: bool = True) -> tuple[dict, dict]:
    """The same two, counted from messages and read marks by the rule of product.md, in plain Python."""
    with reading():
        messages = session.execute(
            text("SELECT conversation_id, seq, sender_type, sender_id FROM messages WHERE kind = 'message'")
        ).all()
        marks = session.execute(
            text(
                "SELECT conversation_id, participant_type, participant_id, last_read_seq, left_at, store_id, "
                "conversation_type FROM conversation_participants"
            )
        ).all()
        owners = session.execute(text("SELECT participant_type, participant_id, store_id FROM inboxes")).all()
    in_thread = defaultdict(list)
    for conversation_id, seq, *sender in messages:
        in_thread[conversation_id].append((seq, tuple(sender)))
    counts, sums = {}, {tuple(owner): [0, 0] for owner in owners}
    for conversation_id, side, person, mark, left_at, store_id, channel in marks:
        unread = sum(seq > mark and sender != (side, person) for seq, sender in in_thread[conversation_id])
        counts[conversation_id, side, person] = 0 if left_at else unread
        hidden = side == "customer" and channel == "admin_customer" and not customers_see_the_platform
        if unread and not left_at and not hidden:
            total = sums[side, person, None if side == "admin" else store_id]
            total[0] += unread
            total[1] += 1
    return counts, {owner: tuple(total) for owner, total in sums.items()}


def seqs_have_no_gaps() -> bool:
    with reading():
        rows = session.execute(text("SELECT conversation_id, seq FROM messages")).all()
        last = dict(session.execute(text("SELECT id, last_seq FROM conversations")).all())
    found = defaultdict(list)
    for conversation_id, seq in rows:
        found[conversation_id].append(seq)
    return all(sorted(seqs) == list(range(1, last[number] + 1)) for number, seqs in found.items())
