"""The outbox of messages, the mails that come of it, and how people want them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("mail_id IS NULL")


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", words("kind", "new_message", "digest"), nullable=False),
        sa.Column("participant_type", words("participant_type", "admin", "store", "customer"), nullable=False),
        sa.Column("participant_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=True),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("state", words("state", "pending", "sent", "skipped", "dead", "dropped"), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("tries", ID, nullable=False),
        sa.Column("claim", sa.String(length=36), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(kind = 'new_message') = (conversation_id IS NOT NULL)", name=op.f("ck_mails_conversation_of_kind")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_mails_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mails_message_id")),
    )
    op.create_index("ix_mails_due", "mails", ["state", "due_at"])
    op.create_index("ix_mails_person", "mails", ["participant_type", "participant_id", "created_at"])
    op.create_table(
        "outbox",
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        sa.Column("participant_type", words("participant_type", "admin", "store", "customer"), nullable=False),
        sa.Column("participant_id", ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("store_id", ID, nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("waits_until", MOMENT, nullable=True),
        sa.Column("for_digest", sa.Boolean(), nullable=False),
        sa.Column("mail_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id", "conversation_id", "store_id"],
            ["messages.id", "messages.conversation_id", "messages.store_id"],
            name="fk_outbox_message",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_outbox_mail_id")),
        sa.PrimaryKeyConstraint("message_id", "participant_type", "participant_id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_mail_id", "outbox", ["mail_id"])
    op.create_index(
        "ix_outbox_person",
        "outbox",
        ["participant_type", "participant_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["waits_until", "created_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "email_preferences",
        sa.Column("participant_type", words("participant_type", "admin", "store", "customer"), nullable=False),
        sa.Column("participant_id", ID, autoincrement=False, nullable=False),
        sa.Column("frequency", words("frequency", "at_once", "hourly", "daily", "none"), nullable=False),
        sa.Column("quiet_from", ID, nullable=True),
        sa.Column("quiet_until", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_email_preferences_quiet_hours_whole")
        ),
        sa.CheckConstraint(
            "quiet_from IS NULL OR (quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23)",
            name=op.f("ck_email_preferences_quiet_hours"),
        ),
        sa.PrimaryKeyConstraint("participant_type", "participant_id", name=op.f("pk_email_preferences")),
    )


def downgrade() -> None:
    op.drop_table("email_preferences")
    op.drop_table("outbox")
    op.drop_table("mails")
