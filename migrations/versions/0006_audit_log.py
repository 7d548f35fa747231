"""The audit log, and the triggers that let nobody change it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_ON_SQLITE = (
    """
CREATE TRIGGER audit_log_never_updated BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END
""",
    """
CREATE TRIGGER audit_log_never_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END
""",
    """
CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
WHEN OLD.created_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || max(30, coalesce(
    (SELECT CAST(value AS INTEGER) FROM platform_settings
     WHERE key = 'audit_retention_days' AND value <> '' AND value NOT GLOB '*[^0-9]*'), 365)) || ' days')
BEGIN SELECT RAISE(ABORT, 'the audit log is kept for its retention'); END
""",
)

_ON_POSTGRESQL = (
    """
CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE days integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT value::integer INTO days FROM platform_settings
            WHERE key = 'audit_retention_days' AND value ~ '^[0-9]{1,6}$';
        IF OLD.created_at <= now() - make_interval(days => greatest(30, coalesce(days, 365))) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the audit log is kept for its retention';
    END IF;
    RAISE EXCEPTION 'the audit log cannot be changed';
END $$
""",
    "CREATE TRIGGER audit_log_guard BEFORE UPDATE OR DELETE ON audit_log"
    " FOR EACH ROW EXECUTE FUNCTION audit_log_guard()",
    "CREATE TRIGGER audit_log_never_emptied BEFORE TRUNCATE ON audit_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard()",
)


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("actor_side", sa.String(length=16), nullable=True),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("store_id", ID, nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(actor_side IS NULL) = (actor_id IS NULL)", name=op.f("ck_audit_log_whole_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_action", "audit_log", ["action", "id"])
    op.create_index("ix_audit_log_actor", "audit_log", ["actor_side", "actor_id", "id"])
    op.create_index("ix_audit_log_store", "audit_log", ["store_id", "id"])
    op.create_index("ix_audit_log_created_at", "audit_log", ["created_at"])
    for statement in _ON_SQLITE if op.get_bind().dialect.name == "sqlite" else _ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_log")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_log_guard()")
