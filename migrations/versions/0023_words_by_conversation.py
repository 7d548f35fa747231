"""The index tells conversations apart: SQLite's numbers messages by conversation; long ones have words of their own."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

FTS5 = """
CREATE VIRTUAL TABLE message_words USING fts5(
  words, content='{}', content_rowid='{}', columnsize=0,
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* Mc' tokenchars '_:'"
)
"""
PLACE = "(({}conversation_id << 24) | {}seq)"
"""A number for each message, in the order of conversations: no conversation has 2**24 messages."""
SOURCE = "CREATE VIEW message_words_source AS SELECT {} AS place, words FROM messages ORDER BY conversation_id, seq"
"""In the order of places, without which FTS5 would write to its disk after each message."""
TRIGGERS = (
    "CREATE TRIGGER message_words_insert AFTER INSERT ON messages BEGIN"
    " INSERT INTO message_words(rowid, words) VALUES ({new}, new.words); END",
    "CREATE TRIGGER message_words_delete AFTER DELETE ON messages BEGIN"
    " INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', {old}, old.words); END",
    "CREATE TRIGGER message_words_update AFTER UPDATE OF words ON messages BEGIN"
    " INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', {old}, old.words);"
    " INSERT INTO message_words(rowid, words) VALUES ({new}, new.words); END",
)

SET = "UPDATE messages SET words = {} WHERE seq > 200 AND kind = 'message' AND words <> ''"
"""Few conversations are long; what a process of the version before adds meanwhile, ``flask doctor`` tells."""
WORD = "'in:' || conversation_id"
BARE = {"sqlite": f"replace(words, ' ' || {WORD}, '')", "postgresql": f"ts_delete(words, {WORD})"}
ADD = {
    "sqlite": "{bare} || replace(' ' || {bare}, ' ', ' ' || {word} || '_')",
    "postgresql": "({bare}::text || ' ' || (SELECT string_agg('''' || {word} || '_' || lexeme || ''':' ||"
    " array_to_string(positions, ','), ' ') FROM unnest({bare})))::tsvector",
}
TAKE = {
    "sqlite": "substr(words, 1, instr(words || ' in:', ' in:') - 1) || ' ' || {word}",
    "postgresql": "ts_delete(words, ARRAY(SELECT lexeme FROM unnest(words) WHERE lexeme LIKE 'in:%'))"
    " || array_to_tsvector(ARRAY[{word}])",
}


def upgrade() -> None:
    database = op.get_bind().dialect.name
    if database == "sqlite":
        _take_index()
    op.execute(SET.format(ADD[database].format(bare=BARE[database], word=WORD)))
    if database == "sqlite":
        op.execute(SOURCE.format(PLACE.format("", "")))
        _make_index("message_words_source", "place", PLACE.format("new.", "new."), PLACE.format("old.", "old."))


def downgrade() -> None:
    database = op.get_bind().dialect.name
    if database == "sqlite":
        _take_index()
        op.execute("DROP VIEW message_words_source")
    op.execute(SET.format(TAKE[database].format(word=WORD)))
    if database == "sqlite":
        _make_index("messages", "id", "new.id", "old.id")


def _take_index() -> None:
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER message_words_{event}")
    op.execute("DROP TABLE message_words")


def _make_index(content: str, number: str, new: str, old: str) -> None:
    op.execute(FTS5.format(content, number))
    op.execute("INSERT INTO message_words(message_words) VALUES ('rebuild')")
    for trigger in TRIGGERS:
        op.execute(trigger.format(new=new, old=old))
