"""How people want to see the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("users", "customers"):
        op.add_column(table, sa.Column("preferences", sa.JSON(), nullable=True))


def downgrade() -> None:
    for table in ("users", "customers"):
        op.drop_column(table, "preferences")
