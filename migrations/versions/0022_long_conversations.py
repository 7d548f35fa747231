"""Messages after a conversation's first 200 carry its own word, so that the index is asked for that one alone."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SET = "UPDATE messages SET words = {} WHERE seq > 200 AND kind = 'message' AND words <> ''"
"""Few conversations are long; what a process of the version before adds meanwhile, ``flask doctor`` tells."""

WORD = "'in:' || conversation_id"
ADD = {"sqlite": f"words || ' ' || {WORD}", "postgresql": f"words || array_to_tsvector(ARRAY[{WORD}])"}
TAKE = {"sqlite": f"replace(words, ' ' || {WORD}, '')", "postgresql": f"ts_delete(words, {WORD})"}


def upgrade() -> None:
    op.execute(SET.format(ADD[op.get_bind().dialect.name]))


def downgrade() -> None:
    op.execute(SET.format(TAKE[op.get_bind().dialect.name]))
