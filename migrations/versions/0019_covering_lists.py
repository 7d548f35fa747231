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
    """Make the new ones first, so that lists are never without; on PostgreSQL nobody waits for it.

    There each statement is kept at once: it is written so that a run goes on where an interrupted one was.
    """
    if op.get_bind().dialect.name == "sqlite":
        for one in new:
            op.execute(_make("CREATE INDEX", *one))
        for name, *_ in former:
            op.execute(sa.text(f"DROP INDEX {name}"))
        return
    with op.get_context().autocommit_block():
        for name, *rest in new:
            if not op.get_bind().scalar(IS_WHOLE, {"name": name}):
                op.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))
                op.execute(_make("CREATE INDEX CONCURRENTLY", name, *rest))
        for name, *_ in former:
            op.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))


IS_WHOLE = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
"""False of what an interrupted run left half made."""


def _make(how: str, name: str, table: str, columns: str, where: str) -> sa.TextClause:
    return sa.text(f"{how} {name} ON {table} ({columns})" + (f" WHERE {where}" if where else ""))
