"""Messages after a conversation's first 200 carry its own word, so that the index is asked for that one alone."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ADD = "UPDATE messages SET words = words || {} WHERE seq > 200 AND kind = 'message' AND words <> ''"
TEXT = "' in:' || conversation_id"
VECTOR = "('''in:' || conversation_id || '''')::tsvector"


def upgrade() -> None:
    """Few conversations are long; what a process of the version before adds meanwhile, ``flask doctor`` tells."""
    op.execute(sa.text(ADD.format(TEXT if op.get_bind().dialect.name == "sqlite" else VECTOR.replace(":", r"\:"))))


def downgrade() -> None:
    """Nobody asks for the word, and ``flask reindex`` of the version before takes it away."""
