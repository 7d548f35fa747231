"""What is kept for a court, whatever the retention says."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("placed_by", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_legal_holds_store_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
            name=op.f("fk_legal_holds_conversation_id_store_id"),
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["users.id"], name=op.f("fk_legal_holds_placed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
        sa.UniqueConstraint("store_id", "conversation_id", name=op.f("uq_legal_holds_store_id_conversation_id")),
    )


def downgrade() -> None:
    op.drop_table("legal_holds")
