"""Databases for benchmarks: made for one run and dropped, or kept in a folder (``KEEP``) with a note on each."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

SERVER = os.environ.get("PARLEY_BENCH_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
"""Where databases are made and dropped."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a loaded database holds that has to be known to measure it."""

    store: int
    owner: int
    thread: int
    """A conversation of 200 messages."""
    longest: int
    """One of 100,000."""
    crowd: int
    """One of a store's 500 people with the platform, which has 200."""
    seconds: int
    """How long it took to load."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database, and the note of what it holds if it was loaded before."""

    url: str
    note: Path | None = None

    @property
    def patient_url(self) -> str:
        """The same database, where no statement is too slow: an index of millions of rows is made."""
        limits = "options=-c%20statement_timeout%3D0&tcp_user_timeout=0"
        return self.url if self.url.startswith("sqlite") else f"{self.url}?{limits}"

    @property
    def contents(self) -> Contents | None:
        """What is in it; None while it has not been loaded."""
        if self.note is None or not self.note.exists():
            return None
        return Contents(**json.loads(self.note.read_text(encoding="utf-8")))

    def keep(self, contents: Contents) -> None:
        """Note what was loaded, if the database outlives this run."""
        if self.note:
            self.note.write_text(json.dumps(asdict(contents)), encoding="utf-8")


@contextmanager
def opened(folder: Path, conversations: int, kind: str) -> Iterator[Database]:
    """Open the database for so many conversations, in ``KEEP`` if that is set; else make one, dropped at the end."""
    kept = os.environ.get("KEEP")
    if kept:
        folder = Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{kind}-{conversations}.json" if kept else None
    name = f"parley_bench_{conversations}" if kept else f"parley_bench_{secrets.token_hex(4)}"
    path = folder / f"bench-{conversations}.db"
    database = Database(f"sqlite:///{path}" if kind == "sqlite" else f"{SERVER}/{name}", note)
    if database.contents is None:
        _drop(kind, path, name)
        _make(kind, name)
    try:
        yield database
    finally:
        if not kept:
            _drop(kind, path, name)


def _make(kind: str, name: str) -> None:
    if kind != "sqlite":
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')


def _drop(kind: str, path: Path, name: str) -> None:
    if kind == "sqlite":
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
        return
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_kept() -> None:
    """Drop everything in ``KEEP``: ``python -m bench.databases``."""
    for note in Path(os.environ["KEEP"]).glob("*.json"):
        kind, _, conversations = note.stem.partition("-")
        _drop(kind, note.parent / f"bench-{conversations}.db", f"parley_bench_{conversations}")
        note.unlink()


if __name__ == "__main__":
    drop_kept()
