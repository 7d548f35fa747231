"""The colour of a store's storefront."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stores", sa.Column("accent", sa.String(length=7), nullable=True))


def downgrade() -> None:
    op.drop_column("stores", "accent")
