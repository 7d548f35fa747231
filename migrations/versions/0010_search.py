"""Search: the words of messages, and an index over them: FTS5 on SQLite, GIN on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

from webapp.messaging import indexing
from webapp.messaging.words import Words

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FTS5 = """
CREATE VIRTUAL TABLE message_words USING fts5(
  words, content='messages', content_rowid='id', columnsize=0,
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* Mc' tokenchars '_:'"
)
"""
"""The words come folded; the tokenizer only splits them where they are split."""

TRIGGERS = (
    "CREATE TRIGGER message_words_insert AFTER INSERT ON messages BEGIN"
    " INSERT INTO message_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER message_words_delete AFTER DELETE ON messages BEGIN"
    " INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER message_words_update AFTER UPDATE OF words ON messages BEGIN"
    " INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO message_words(rowid, words) VALUES (new.id, new.words); END",
)


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column("messages", sa.Column("words", Words(), nullable=False, server_default=sa.text("''")))
    for batch in indexing.read_all(connection):
        indexing.write(batch, connection)
    if connection.dialect.name == "sqlite":
        op.execute(FTS5)
        op.execute("INSERT INTO message_words(message_words) VALUES ('rebuild')")
        for trigger in TRIGGERS:
            op.execute(trigger)
    else:
        op.execute("CREATE INDEX ix_message_words ON messages USING gin (words) WITH (fastupdate = off)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER message_words_{event}")
        op.execute("DROP TABLE message_words")
    else:
        op.execute("DROP INDEX ix_message_words")
    op.drop_column("messages", "words")
