"""PostgreSQL finds a customer by hash: two pages however many there are, where the tree of the key takes four."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NAME = "ix_customers_by_hash"


def upgrade() -> None:
    """A list looks up 26 of them; SQLite knows no such index."""
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            op.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}"))  # what an interrupted run left is invalid
            op.execute(sa.text(f"CREATE INDEX CONCURRENTLY {NAME} ON customers USING hash (id)"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            op.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}"))
