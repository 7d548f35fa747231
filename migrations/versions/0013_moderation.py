"""Messages that were taken away or reported, and people who may not write."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SIDES = ("admin", "store", "customer")
CHANNELS = ("admin_store", "store_customer", "admin_customer")


def _words(name: str, values: tuple[str, ...]) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, kind, nullable=False)


def _of_message(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["message_id", "conversation_id", "store_id"],
        ["messages.id", "messages.conversation_id", "messages.store_id"],
        name=op.f(f"fk_{table}_message"),
    )


def upgrade() -> None:
    op.create_table(
        "message_removals",
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        _words("by_side", SIDES),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _of_message("message_removals"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_removals")),
    )
    op.create_table(
        "message_reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        _words("by_side", SIDES),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_message_reports_settled_by_somebody")
        ),
        _of_message("message_reports"),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_message_reports_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reports")),
        sa.UniqueConstraint("message_id", "by_side", "by_id", name=op.f("uq_message_reports_message_id_by_side_by_id")),
    )
    op.create_index("ix_message_reports_settled_at", "message_reports", ["settled_at", "id"])
    op.create_table(
        "blocks",
        sa.Column("id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        _words("channel", CHANNELS),
        _words("blocked_side", SIDES),
        sa.Column("blocked_id", ID, nullable=False),
        _words("by_side", SIDES),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_blocks_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint(
            "store_id",
            "channel",
            "blocked_side",
            "blocked_id",
            name=op.f("uq_blocks_store_id_channel_blocked_side_blocked_id"),
        ),
    )


def downgrade() -> None:
    for table in ("blocks", "message_reports", "message_removals"):
        op.drop_table(table)
