"""Policies for the rows of conversations: PostgreSQL's last wall; the tables' owner is above it."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

SIDE = "current_setting('parley.side', true)"
PERSON = "NULLIF(current_setting('parley.id', true), '')::bigint"
STORE = "NULLIF(current_setting('parley.store', true), '')::bigint"
VISIBLE = "EXISTS (SELECT 1 FROM conversations WHERE conversations.id = {table}.conversation_id)"

POLICIES = {
    "conversations": f"""
        ({SIDE} = 'admin' AND conversation_type IN ('admin_store', 'admin_customer'))
        OR ({SIDE} = 'store' AND store_id = {STORE} AND conversation_type IN ('admin_store', 'store_customer'))
        OR ({SIDE} = 'customer' AND store_id = {STORE} AND customer_id = {PERSON})""",
    "messages": f"({SIDE} = 'admin' OR store_id = {STORE}) AND {VISIBLE}",
    "message_attachments": f"({SIDE} = 'admin' OR store_id = {STORE}) AND {VISIBLE}",
    "conversation_participants": f"{SIDE} = 'admin' OR store_id = {STORE} OR participant_type = 'admin'",
}
"""Participants have the tenant's wall only, and admins' rows none: counting what somebody else has unread, when they
join, needs all of that person's rows."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, condition in POLICIES.items():
        op.execute(f"CREATE POLICY viewers ON {table} USING ({condition.format(table=table)})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in POLICIES:
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY viewers ON {table}")
