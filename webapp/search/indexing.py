"""The index against the messages: what doctor checks, and making it anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from webapp.database import is_postgresql, reading, session, writing
from webapp.messaging import indexing

_CHECK = "INSERT INTO message_words(message_words, rank) VALUES ('integrity-check', 1)"
_REBUILD = "INSERT INTO message_words(message_words) VALUES ('rebuild')"


@dataclass(slots=True)
class Progress:
    """How far a new index is."""

    messages: int = 0
    corrected: int = 0


def wrong_messages() -> Iterator[int]:
    """Yield the messages that other words stand for than should."""
    with reading():
        for batch in indexing.read_all():
            yield from (one.message_id for one in batch if not one.is_right)


def index_is_sound() -> bool:
    """Tell whether the index holds exactly the words of the messages."""
    if is_postgresql():
        with reading():
            return bool(
                session.scalar(text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_message_words'::regclass"))
            )
    try:
        with writing() as current:
            current.execute(text(_CHECK))
    except DatabaseError as error:
        if "malformed" not in str(error):
            raise
        return False
    return True


def reindex() -> Iterator[Progress]:
    """Make all words and then the index anew, and tell how far it is; only the last step makes writers wait."""
    progress = Progress()
    last = 0
    while True:
        with writing():
            batch = indexing.read_after(last)
            progress.corrected += indexing.write(batch)
        if not batch:
            break
        last = batch[-1].message_id
        progress.messages += len(batch)
        yield progress
    with writing() as current:
        current.execute(text("REINDEX INDEX ix_message_words" if is_postgresql() else _REBUILD))
