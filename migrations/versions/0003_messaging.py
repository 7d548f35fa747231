"""Messaging: inboxes, conversations, participants and messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inboxes",
        sa.Column("id", ID, nullable=False),
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
        sa.Column("store_id", ID, nullable=True),
        sa.Column("unread_messages", ID, nullable=False),
        sa.Column("unread_conversations", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(participant_type = 'admin') = (store_id IS NULL)", name=op.f("ck_inboxes_store_of_side")),
        sa.CheckConstraint("unread_messages >= 0 AND unread_conversations >= 0", name=op.f("ck_inboxes_not_negative")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_inboxes_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inboxes")),
        sa.UniqueConstraint("id", "participant_type", "participant_id", name="uq_inboxes_owner"),
        sa.UniqueConstraint("id", "store_id", name="uq_inboxes_tenant"),
    )
    op.create_index(
        "uq_inboxes_admin",
        "inboxes",
        ["participant_type", "participant_id"],
        unique=True,
        postgresql_where=sa.text("store_id IS NULL"),
        sqlite_where=sa.text("store_id IS NULL"),
    )
    op.create_index(
        "uq_inboxes_in_store",
        "inboxes",
        ["participant_type", "participant_id", "store_id"],
        unique=True,
        postgresql_where=sa.text("store_id IS NOT NULL"),
        sqlite_where=sa.text("store_id IS NOT NULL"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column(
            "conversation_type",
            sa.Enum(
                "admin_store",
                "store_customer",
                "admin_customer",
                name="conversation_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "closed", name="status", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed_by_type",
            sa.Enum(
                "admin",
                "store",
                "customer",
                name="closed_by_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("closed_by_id", ID, nullable=True),
        sa.Column(
            "created_by_type",
            sa.Enum(
                "admin",
                "store",
                "customer",
                name="created_by_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("client_key", sa.String(length=36), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("last_seq", ID, nullable=False),
        sa.Column("message_count", ID, nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_preview", sa.String(length=140), nullable=False),
        sa.Column(
            "last_sender_type",
            sa.Enum(
                "admin",
                "store",
                "customer",
                name="last_sender_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("last_sender_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(conversation_type = 'admin_store') = (customer_id IS NULL)",
            name=op.f("ck_conversations_customer_of_channel"),
        ),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_conversations_closed_at_of_status")
        ),
        sa.CheckConstraint("message_count <= last_seq", name=op.f("ck_conversations_count_within_seq")),
        sa.ForeignKeyConstraint(
            ["customer_id", "store_id"],
            ["customers.id", "customers.store_id"],
            name=op.f("fk_conversations_customer_id_store_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_conversations_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("created_by_type", "created_by_id", "client_key", name="uq_conversations_client_key"),
        sa.UniqueConstraint("id", "store_id", name=op.f("uq_conversations_id_store_id")),
        sa.UniqueConstraint("store_id", "external_id", name=op.f("uq_conversations_store_id_external_id")),
    )
    op.create_index(
        "ix_conversations_channel_inbox",
        "conversations",
        ["conversation_type", "status", sa.literal_column("last_message_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_conversations_customer", "conversations", ["customer_id", "store_id"], unique=False)
    op.create_index(
        "ix_conversations_store_inbox",
        "conversations",
        ["store_id", "status", sa.literal_column("last_message_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "conversation_participants",
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
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column(
            "inbox_store_id",
            ID,
            sa.Computed("CASE WHEN participant_type = 'admin' THEN NULL ELSE store_id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum("open", "closed", name="status", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "conversation_type",
            sa.Enum(
                "admin_store",
                "store_customer",
                "admin_customer",
                name="conversation_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unread_count", ID, nullable=False),
        sa.Column("last_read_seq", ID, nullable=False),
        sa.Column("email_notifications", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(left_at IS NULL) = (inbox_id IS NOT NULL)", name=op.f("ck_conversation_participants_inbox_while_here")
        ),
        sa.CheckConstraint(
            "unread_count >= 0 AND last_read_seq >= 0", name=op.f("ck_conversation_participants_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
            name=op.f("fk_conversation_participants_conversation_id_store_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inbox_id", "inbox_store_id"],
            ["inboxes.id", "inboxes.store_id"],
            name="fk_conversation_participants_inbox_tenant",
        ),
        sa.ForeignKeyConstraint(
            ["inbox_id", "participant_type", "participant_id"],
            ["inboxes.id", "inboxes.participant_type", "inboxes.participant_id"],
            name="fk_conversation_participants_inbox_owner",
        ),
        sa.PrimaryKeyConstraint(
            "conversation_id", "participant_type", "participant_id", name=op.f("pk_conversation_participants")
        ),
    )
    op.create_index(
        "ix_conversation_participants_inbox",
        "conversation_participants",
        ["inbox_id", "status", sa.literal_column("last_message_at DESC"), sa.literal_column("conversation_id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_conversation_participants_unread",
        "conversation_participants",
        ["inbox_id", sa.literal_column("last_message_at DESC"), sa.literal_column("conversation_id DESC")],
        unique=False,
        postgresql_where=sa.text("unread_count > 0"),
        sqlite_where=sa.text("unread_count > 0"),
    )
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column(
            "sender_type",
            sa.Enum(
                "admin", "store", "customer", name="sender_type", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("sender_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("message", "event", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("client_key", sa.String(length=36), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_messages_seq_positive")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "store_id"],
            ["conversations.id", "conversations.store_id"],
            name=op.f("fk_messages_conversation_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_messages_conversation_id_seq")),
        sa.UniqueConstraint("sender_type", "sender_id", "conversation_id", "client_key", name="uq_messages_client_key"),
    )


def downgrade() -> None:
    op.drop_table("messages")
    op.drop_table("conversation_participants")
    op.drop_table("conversations")
    op.drop_table("inboxes")
