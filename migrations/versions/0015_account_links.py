"""Links that set a password anew or invite somebody, and the mails in which they go."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _words(name: str, nullable: bool, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _words("kind", False, "reset", "invitation"),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("store_id", ID, nullable=True),
        _words("role", True, "owner", "agent"),
        sa.Column("invited_by", ID, nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reset') = ((user_id IS NOT NULL) OR (customer_id IS NOT NULL))",
            name=op.f("ck_account_links_account_of_reset"),
        ),
        sa.CheckConstraint(
            "(kind = 'invitation') = (email IS NOT NULL)", name=op.f("ck_account_links_email_of_invitation")
        ),
        sa.CheckConstraint("(role IS NULL) = (store_id IS NULL)", name=op.f("ck_account_links_role_in_a_store")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_links_user_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_account_links_customer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_account_links_store_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_account_links_invited_by")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_links")),
    )
    op.create_index("ix_account_links_expires_at", "account_links", ["expires_at"])
    op.create_table(
        "account_letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sealed", sa.String(length=4000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", ID, nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_letters")),
    )
    op.create_index("ix_account_letters_due_at", "account_letters", ["due_at"])


def downgrade() -> None:
    op.drop_table("account_letters")
    op.drop_table("account_links")
