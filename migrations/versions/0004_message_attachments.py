"""Attachments: the files of messages, and numbers for conversations that are not written yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("uq_messages_tenant", "messages", ["id", "conversation_id", "store_id"], unique=True)
    op.create_table(
        "message_attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("extension", sa.String(length=8), nullable=False),
        sa.Column("mime_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_path", sa.String(length=120), nullable=False),
        sa.Column("is_image", sa.Boolean(), nullable=False),
        sa.Column("width", ID, nullable=True),
        sa.Column("height", ID, nullable=True),
        sa.Column("has_active_content", sa.Boolean(), nullable=False),
        sa.Column(
            "scan_state",
            sa.Enum(
                "unscanned",
                "pending",
                "clean",
                "infected",
                "error",
                name="scan_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_message_attachments_not_empty")),
        sa.CheckConstraint(
            "is_image = (width IS NOT NULL AND height IS NOT NULL)", name=op.f("ck_message_attachments_size_of_image")
        ),
        sa.ForeignKeyConstraint(
            ["message_id", "conversation_id", "store_id"],
            ["messages.id", "messages.conversation_id", "messages.store_id"],
            name="fk_message_attachments_message",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachments")),
        sa.UniqueConstraint("storage_path", name=op.f("uq_message_attachments_storage_path")),
    )
    op.create_index("ix_message_attachments_message", "message_attachments", ["message_id"])
    op.create_table(
        "conversation_numbers",
        sa.Column("last", ID, nullable=False),
        sa.PrimaryKeyConstraint("last", name=op.f("pk_conversation_numbers")),
    )


def downgrade() -> None:
    op.drop_table("conversation_numbers")
    op.drop_table("message_attachments")
    op.drop_index("uq_messages_tenant", "messages")
