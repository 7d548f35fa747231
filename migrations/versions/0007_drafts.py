"""Drafts: what people typed in a conversation and did not send."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column(
            "participant_type",
            sa.Enum(
                "admin",
                "store",
                "customer",
                name="participant_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("participant_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("content <> ''", name=op.f("ck_drafts_not_empty")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
            name=op.f("fk_drafts_conversation_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "participant_type", "participant_id", name=op.f("pk_drafts")),
    )


def downgrade() -> None:
    op.drop_table("drafts")
