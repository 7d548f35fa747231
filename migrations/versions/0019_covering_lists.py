"""The indexes of lists hold all that decides whether a row counts: a total up to 1,000 reads no row of its table."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PEOPLE, CONVERSATIONS = "conversation_participants", "conversations"
FORMER = (
    ("ix_conversation_participants_inbox", PEOPLE, "inbox_id, status, last_message_at DESC, conversation_id DESC", ""),
    (
        "ix_conversation_participants_unread",
        PEOPLE,
        "inbox_id, last_message_at DESC, conversation_id DESC",
        "unread_count > 0",
    ),
    ("ix_conversations_store_inbox", CONVERSATIONS, "store_id, status, last_message_at DESC, id DESC", ""),
)
COVERING = (
    (
        "ix_conversation_participants_list",
        PEOPLE,
        "inbox_id, status, last_message_at DESC, conversation_id DESC, conversation_type, store_id",
        "",
    ),
    (
        "ix_conversation_participants_unread_list",
        PEOPLE,
        "inbox_id, last_message_at DESC, conversation_id DESC, status, conversation_type, store_id, unread_count",
        "unread_count > 0",
    ),
    (
        "ix_conversations_store_list",
        CONVERSATIONS,
        "store_id, status, last_message_at DESC, id DESC, conversation_type",
        "",
    ),
)


def upgrade() -> None:
    _replace(FORMER, COVERING)


def downgrade() -> None:
    _replace(COVERING, FORMER)


def _replace(former: tuple[tuple[str, str, str, str], ...], new: tuple[tuple[str, str, str, str], ...]) -> None:
    """Make the new ones first, so that lists are never without; on PostgreSQL nobody waits for it."""
    if op.get_bind().dialect.name == "sqlite":
        _make(former, new, "")
        return
    with op.get_context().autocommit_block():
        _make(former, new, "CONCURRENTLY")


def _make(former: tuple[tuple[str, str, str, str], ...], new: tuple[tuple[str, str, str, str], ...], how: str) -> None:
    for name, table, columns, where in new:
        if how:
            op.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))  # what an interrupted run left is invalid
        op.execute(sa.text(f"CREATE INDEX {how} {name} ON {table} ({columns})" + (f" WHERE {where}" if where else "")))
    for name, *_ in former:
        op.execute(sa.text(f"DROP INDEX {how} {name}"))
