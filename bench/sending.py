"""Sends by several processes at once, without HTTP: by the domain's verb, and their statements alone, replayed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from bench.marketplace import Marketplace
from webapp import create_app
from webapp.accounts import sessions
from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.database import session, writing
from webapp.extensions import db
from webapp.messaging import access
from webapp.messaging.drafts import Draft
from webapp.messaging.models import Conversation
from webapp.messaging.service import MessagingService

PROCESSES = 4
SECONDS = 4
CONVERSATIONS = 400
TEXT = "Your parcel left today."
SEQ, KEY, MOMENT = "seq", "id", "moment"
"""What differs from one send to the next in the same conversation."""


@dataclass(frozen=True, slots=True)
class Sends:
    """What the processes measured together."""

    per_second: float
    p50: float
    """Milliseconds."""
    p99: float
    refused: int


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a send, its parameters by name or position, and which of them each send has anew."""

    sql: str
    names: list[str] | None
    values: list[Any]
    anew: dict[str, str]


def by_verb(place: Marketplace) -> Sends:
    """Let four processes answer in conversations of the largest store, each in others."""
    ids = _conversations(place)
    return _measured(place, "verb", [ids[one::PROCESSES] for one in range(PROCESSES)])


def replayed(place: Marketplace) -> Sends:
    """Let four processes execute the statements of such sends on the driver's own connections, each send committed."""
    with place.app.app_context():
        sends = [_recorded(place.viewer, number) for number in _conversations(place)]
    written = [[asdict(step) for step in steps] for steps in sends]
    return _measured(place, "replay", [written[one::PROCESSES] for one in range(PROCESSES)])


def _conversations(place: Marketplace) -> list[int]:
    with place.app.app_context():
        mine = access.visible_conversations(place.viewer, Conversation.id).where(Conversation.status == "open")
        ids = list(session.scalars(mine.order_by(Conversation.id.desc()).limit(CONVERSATIONS)))
        session.rollback()
    return ids


def _measured(place: Marketplace, way: str, shares: list[list[Any]]) -> Sends:
    command = [sys.executable, "-m", "bench.sending", way, place.token]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = {**os.environ, **place.environment}
    children = [subprocess.Popen(command, env=environment, **pipes) for _ in shares]
    for child, share in zip(children, shares, strict=True):
        assert child.stdin
        child.stdin.write(json.dumps(share, default=str) + "\n")
        child.stdin.flush()
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    found = [json.loads(child.communicate(timeout=60)[0].splitlines()[-1]) for child in children]
    taken = [milliseconds for one in found for milliseconds in one["taken"]]
    cuts = statistics.quantiles(taken, n=100)
    return Sends(len(taken) / SECONDS, cuts[49], cuts[98], sum(one["refused"] for one in found))


class _Undone(Exception):
    """Ends a transaction that only shows what it does."""


def _recorded(viewer: Viewer, number: int) -> list[Step]:
    """Send twice in a conversation, undo it, and return the statements of a send: what differs is anew each time."""
    steps: list[tuple[str, Any]] = []
    ends: list[tuple[int, int, int]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            steps.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with writing():
            for _ in range(2):
                sent = MessagingService().send_message(viewer, number, Draft(TEXT))
                ends.append((len(steps), sent.message.seq, sent.message.id))
            raise _Undone
    except _Undone:
        pass
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    (half, *first), (whole, *second) = ends
    assert [one for one, _ in steps[:half]] == [one for one, _ in steps[half:whole]]
    changed = {(one, other): what for one, other, what in zip(first, second, (SEQ, KEY), strict=True)}
    return [_step(sql, one, other, changed) for (sql, one), (_, other) in zip(steps[:half], steps[half:], strict=True)]


def _step(sql: str, one: Any, other: Any, changed: dict[tuple[Any, Any], str]) -> Step:
    names = list(one) if isinstance(one, dict) else None
    before, after = (list(found.values()) if names else list(found) for found in (one, other))
    pairs = [(str(index), pair) for index, pair in enumerate(zip(before, after, strict=True))]
    return Step(sql, names, before, {index: changed.get(pair, MOMENT) for index, pair in pairs if pair[0] != pair[1]})


def _sending(token: str, ids: list[int]) -> Callable[[int], None]:
    found = sessions.find(Side.STORE, token)
    session.rollback()
    assert found

    def send(number: int) -> None:
        with writing():
            MessagingService().send_message(found.viewer, ids[number % len(ids)], Draft(TEXT))

    return send


def _replaying(sends: list[list[dict[str, Any]]]) -> Callable[[int], None]:
    connection = db.engine.raw_connection().driver_connection
    assert connection
    is_sqlite = db.engine.dialect.name == "sqlite"
    recorded = [[Step(**step) for step in steps] for steps in sends]

    def replay(number: int) -> None:
        moment = datetime.now(UTC)
        known: dict[str, Any] = {MOMENT: f"{moment:%Y-%m-%d %H:%M:%S.%f}" if is_sqlite else moment}
        cursor = connection.cursor()
        try:
            if is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            for step in recorded[number % len(recorded)]:
                values = list(step.values)
                for index, what in step.anew.items():
                    values[int(index)] = known[what]
                cursor.execute(step.sql, dict(zip(step.names, values, strict=True)) if step.names else values)
                rows = cursor.fetchall() if cursor.description else []  # a rest would be in the commit's way
                row = rows[0] if rows else None
                columns = [one[0] for one in cursor.description or ()]
                if row and "last_seq" in columns:
                    known[SEQ] = row[columns.index("last_seq")]
                if step.sql.startswith("INSERT INTO messages"):
                    known[KEY] = row[0] if row else cursor.lastrowid
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    return replay


def main() -> None:
    """What one process does; it prints what it measured."""
    way, token = sys.argv[1:]
    app, share = create_app(), json.loads(sys.stdin.readline())
    taken: list[float] = []
    refused = 0
    with app.app_context():
        send = _sending(token, share) if way == "verb" else _replaying(share)
        print("ready", flush=True)
        sys.stdin.readline()
        number, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            number += 1
            started = time.perf_counter()
            try:
                send(number)
            except Exception as error:
                refused += 1
                print(f"refused: {error}", file=sys.stderr)
            else:
                taken.append((time.perf_counter() - started) * 1000)
    print(json.dumps({"taken": taken, "refused": refused}))


if __name__ == "__main__":
    main()
