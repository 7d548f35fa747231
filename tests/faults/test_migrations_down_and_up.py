"""Migrations down and up on data, and one that fails half way: what the older schema can hold is kept, and it works."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests import backends
from tests.migrating import (
    BELOW_POLICIES,
    FOR_SQLITE,
    REVISIONS,
    bare_app,
    contents,
    downgrade,
    fill,
    found_words,
    schema,
)
from webapp.search.indexing import index_is_sound, wrong_messages

pytestmark = pytest.mark.slow

__all__ = ["bare_app"]


def test_down_and_up_step_by_step_keeps_the_data_that_remains(bare_app):
    backends.migrate(bare_app)
    fill(bare_app)
    full = contents(bare_app)
    assert all(count for name, (count, _) in full.items() if name.partition(".")[0] not in FOR_SQLITE), full

    for revision in REVISIONS[-2::-1]:
        downgrade(bare_app, revision)
        remaining = contents(bare_app)
        assert remaining == {name: full[name] for name in remaining}
        assert len(remaining) < len(full) or revision in BELOW_POLICIES
    for revision in REVISIONS[1:]:
        backends.migrate(bare_app, revision)
        again = contents(bare_app)
        assert {name: again[name] for name in remaining} == remaining
    assert set(again) == set(full)


def test_what_was_there_before_the_search_can_be_found_by_the_same_words(bare_app):
    backends.migrate(bare_app)
    fill(bare_app)
    words = found_words(bare_app)
    downgrade(bare_app, REVISIONS[REVISIONS.index("0010") - 1])
    backends.migrate(bare_app)

    assert any(row.words for row in words)
    assert found_words(bare_app) == words


def test_long_conversations_get_their_word_and_lose_it_again(bare_app):
    backends.migrate(bare_app)
    fill(bare_app)
    downgrade(bare_app, "0021")
    with backends.engine_of(bare_app).connect() as connection, connection.begin():
        ordinary = "SELECT max(id) FROM messages WHERE kind = 'message' AND seq > 1"
        connection.execute(text(f"UPDATE messages SET seq = 201 WHERE id = ({ordinary})"))
    before = found_words(bare_app)
    backends.migrate(bare_app)
    with bare_app.app_context():
        assert not list(wrong_messages())
        assert index_is_sound()
    assert found_words(bare_app) != before

    downgrade(bare_app, "0022")
    with bare_app.app_context():
        assert index_is_sound()
    downgrade(bare_app, "0021")
    assert found_words(bare_app) == before


def test_after_down_and_up_it_works(bare_app):
    backends.migrate(bare_app)
    downgrade(bare_app, "base")
    backends.migrate(bare_app)
    fill(bare_app)

    assert contents(bare_app)["messages.id"][0] == 5


def test_a_migration_that_fails_leaves_the_schema_as_it_was(bare_app):
    """The third revision finds a table in its way, half through."""
    backends.migrate(bare_app, REVISIONS[1])
    engine = backends.engine_of(bare_app)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE messages (id integer)"))
    before = schema(bare_app)

    with pytest.raises(Exception, match="messages"):
        backends.migrate(bare_app)
    assert schema(bare_app) == before

    with engine.connect() as connection, connection.begin():
        connection.execute(text("DROP TABLE messages"))
    backends.migrate(bare_app)
    fill(bare_app)
