"""What flask doctor checks: the schema, the database's integrity, the settings, the rules of messaging, the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select, text

from webapp.attachments import storage, sweeping
from webapp.attachments.errors import AttachmentError
from webapp.config import ROOT
from webapp.database import is_postgresql, reading, session
from webapp.messaging import consistency, maintenance
from webapp.search import indexing as search_index
from webapp.settings.definitions import DEFINITIONS
from webapp.settings.models import PlatformSetting

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``problem`` says what is wrong with it."""

    name: str
    problem: str | None = None


def run() -> Iterator[Check]:
    """Yield every check as it is made; without the newest schema the first is the only one."""
    schema = _migrations()
    yield schema
    if schema.problem is None:
        yield from (_journal_mode(), *_integrity(), _settings())
        yield from _messaging()
        yield from _search()
        yield from _attachments()


def _migrations() -> Check:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with reading():
        current = set(MigrationContext.configure(session.connection()).get_current_heads())
    newest = set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    problem = f"at {_ids(current)} instead of {_ids(newest)}: run 'flask db upgrade'"
    return Check("migrations are at the newest", None if current == newest else problem)


def _journal_mode() -> Check:
    if is_postgresql():
        with reading():
            version = session.scalar(text("SHOW server_version"))
        return Check(f"PostgreSQL {version} answers")
    with reading():
        mode = session.scalar(text("PRAGMA journal_mode"))
    problem = f"it is {mode}: several processes would wait for each other"
    return Check("SQLite's journal mode is WAL", None if mode == "wal" else problem)


def _integrity() -> Iterator[Check]:
    if is_postgresql():
        with reading():
            names = session.scalars(
                text("SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1")
            ).all()
        yield Check("every constraint is enforced", f"not validated: {_ids(names)}" if names else None)
        return
    with reading():
        pages = session.scalars(text("PRAGMA quick_check(5)")).all()
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    yield Check("the database file is sound", None if pages == ["ok"] else "; ".join(map(str, pages)))
    found = _ids(f"{orphan[0]} row {orphan[1]} -> {orphan[2]}" for orphan in orphans[:SHOWN])
    yield Check("no row refers to one that is missing", f"{len(orphans):,}: {found}" if orphans else None)


def _settings() -> Check:
    with reading():
        rows = session.execute(select(PlatformSetting.key, PlatformSetting.value)).all()
    wrong = []
    for row in rows:
        try:
            DEFINITIONS[row.key].parse(row.value)
        except KeyError:
            wrong.append(f"there is no setting {row.key}")
        except ValueError as error:
            wrong.append(f"{row.key} is {row.value!r} ({error})")
    return Check("platform settings can be read", "; ".join(wrong) or None)


def _messaging() -> Iterator[Check]:
    unlike = consistency.conversations_unlike_their_messages()
    first = list(islice(unlike, SHOWN))
    count = len(first) + sum(1 for _ in unlike)
    yield Check("conversations agree with their messages", _broken("conversation", count, first))
    for rule, thing, rows in consistency.rules():
        yield Check(rule, _broken(thing, *consistency.broken(rows, SHOWN)))
    repairs = [str(repair) for repair in maintenance.recount(maintenance.Recount(), repair=False)]
    yield Check("unread counts are right", f"{_few(repairs)}; run 'flask recount-unread'" if repairs else None)


def _search() -> Iterator[Check]:
    wrong = [f"message {number}" for number in islice(search_index.wrong_messages(), SHOWN + 1)]
    more = f"{', '.join(wrong[:SHOWN])}{', ...' if len(wrong) > SHOWN else ''}; run 'flask reindex'"
    yield Check("messages can be found by their words", more if wrong else None)
    sound = search_index.index_is_sound()
    yield Check("the search index holds them", None if sound else "it does not; run 'flask reindex'")


def _attachments() -> Iterator[Check]:
    try:
        storage.current().check()
        missing = list(sweeping.rows_without_their_file())
        left = [*(found.path for found in sweeping.left_behind()), *map(str, sweeping.left_in_staging())]
    except AttachmentError as error:
        yield Check("the storage of files answers", f"{error.message} ({error.__cause__})")
        return
    yield Check("the storage of files answers")
    yield Check("every attachment has its file", _few(missing))
    more = f"{_few(left)}; run 'flask sweep-attachments'" if left else None
    yield Check("every file has its attachment", more)


def _few(found: list[str]) -> str | None:
    return f"{len(found):,}: {'; '.join(found[:SHOWN])}" if found else None


def _broken(thing: str, count: int, first: list[int]) -> str | None:
    more = ", ..." if count > len(first) else ""
    return f"{count:,} broken ({thing} {_ids(first)}{more})" if count else None


def _ids(names: Iterable[object]) -> str:
    return ", ".join(map(str, names)) or "nothing"
