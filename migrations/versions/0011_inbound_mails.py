"""Mails that come in, and which messages came by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.add_column("messages", sa.Column("by_email", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "inbound_mails",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("participant_type", words("participant_type", "admin", "store", "customer"), nullable=False),
        sa.Column("participant_id", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", words("state", "received", "posted", "held", "dropped"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("size_bytes", ID, nullable=False),
        sa.Column("raw_path", sa.String(length=200), nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("tries", ID, nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_inbound_mails_message_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mails")),
        sa.UniqueConstraint(
            "conversation_id", "participant_type", "participant_id", "digest", name="uq_inbound_mails_once"
        ),
    )
    op.create_index("ix_inbound_mails_message_id", "inbound_mails", ["message_id"])
    op.create_index("ix_inbound_mails_state", "inbound_mails", ["state", "created_at"])


def downgrade() -> None:
    op.drop_table("inbound_mails")
    op.drop_column("messages", "by_email")
