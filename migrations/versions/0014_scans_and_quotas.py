"""What a scan found in a file, and how much the files of a store take."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message_attachments", sa.Column("scan_note", sa.String(length=120), nullable=True))
    op.create_index("ix_message_attachments_store", "message_attachments", ["store_id", "size_bytes"])
    op.create_index(
        "ix_message_attachments_pending",
        "message_attachments",
        ["id"],
        postgresql_where=sa.text("scan_state = 'pending'"),
        sqlite_where=sa.text("scan_state = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_attachments_pending", table_name="message_attachments")
    op.drop_index("ix_message_attachments_store", table_name="message_attachments")
    op.drop_column("message_attachments", "scan_note")
