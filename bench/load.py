"""A mixed day of a thousand people against one server: latencies, refusals, and whether a message was lost.

Run ``python -m bench.load [SECONDS [PEOPLE]]``: at most two minutes, on 127.0.0.1, in a database of its own. People of
the three portals ask for their badge, list, read, search and write, some of them at once; what a server acknowledged
must be in the database at the end, once.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bench import marketplace, servers
from bench.marketplace import Marketplace
from webapp.accounts import tokens
from webapp.accounts.models import Customer, Scope, StoreMember, TokenKind, User
from webapp.accounts.service import AccountService
from webapp.accounts.tokens import SIGN_IN_LASTS
from webapp.database import now, session, writing
from webapp.messaging.models import Message

CONVERSATIONS, AT_ONCE, LONGEST = 10_000, 16, 120
DAY = {"badge": 60, "list": 18, "thread": 12, "search": 4, "send": 6}
"""How often people do what, of a hundred times."""


@dataclass
class Seen:
    """What the people noticed."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    acknowledged: set[str] = field(default_factory=set)


def main(seconds: int, people: int) -> int:
    """Let the people come, and report; 1 when something was lost or doubled."""
    with tempfile.TemporaryDirectory() as folder, marketplace.built(Path(folder), CONVERSATIONS) as place:
        doors = _doors(place, people)
        seen = Seen()
        with servers.served("webapp.asgi:app", place.environment) as server:
            until = time.monotonic() + seconds
            crowd = [
                threading.Thread(target=_live, args=(server.port, doors[one::AT_ONCE], until, seen, random.Random(one)))
                for one in range(AT_ONCE)
            ]
            for thread in crowd:
                thread.start()
            for thread in crowd:
                thread.join()
        return _report(place, seen, seconds, len(doors))


def _doors(place: Marketplace, people: int) -> list[tuple[str, str]]:
    """Return a portal and a token for each of the people: half of them customers, a twentieth admins."""
    with place.app.app_context(), writing():
        accounts = AccountService()
        admins = [accounts.create_admin(f"admin{n}@load.example", f"Admin {n}", None) for n in range(people // 20)]
        session.flush()
        customers = session.scalars(select(Customer).order_by(Customer.id).limit(people // 2)).all()
        members = session.execute(
            select(StoreMember.store_id, User)
            .join(User, User.id == StoreMember.user_id)
            .order_by(StoreMember.store_id)
            .limit(people - len(admins) - len(customers))
        ).all()
        held = [
            *(("admin", one, None) for one in admins),
            *(("storefront", one, one.store_id) for one in customers),
            *(("store", one, store) for store, one in members),
        ]
        until = now() + SIGN_IN_LASTS
        doors = [
            (portal, tokens.issue(account, store, TokenKind.LONG_LIVED, "Load", Scope, until))
            for portal, account, store in held
        ]
    random.Random(7).shuffle(doors)
    return doors


def _live(port: int, doors: list[tuple[str, str]], until: float, seen: Seen, chance: random.Random) -> None:
    """Be some of the people, one after the other, until the day is over."""
    known: dict[str, list[int]] = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        while time.monotonic() < until:
            portal, token = chance.choice(doors)
            client.headers["Authorization"] = f"Bearer {token}"
            base = f"/api/v1/{portal}/messages"
            what = chance.choices(list(DAY), DAY.values())[0]
            if what in {"thread", "send"} and not known.get(token):
                what = "list"
            text = f"load {uuid.uuid4()}"
            begun = time.perf_counter()
            match what:
                case "badge":
                    answer = client.get(f"{base}/unread-count")
                case "list":
                    answer = client.get(base)
                case "thread":
                    answer = client.get(f"{base}/{chance.choice(known[token])}")
                case "search":
                    answer = client.get(base, params={"q": f"w{chance.randrange(500)}", "status": "all"})
                case _:
                    path, key = f"{base}/{chance.choice(known[token])}/messages", str(uuid.uuid4())
                    answer = client.post(path, json={"content": text}, headers={"Idempotency-Key": key})
            seen.taken[what].append((time.perf_counter() - begun) * 1000)
            if answer.status_code >= 400:
                seen.refused[f"{what} {answer.status_code}"] += 1
            elif what == "list":
                known[token] = [one["id"] for one in answer.json()["conversations"]]
            elif what == "send":
                seen.acknowledged.add(text)


def _report(place: Marketplace, seen: Seen, seconds: int, people: int) -> int:
    with place.app.app_context():
        kept = session.execute(
            select(Message.content, func.count()).where(Message.content.like("load %")).group_by(Message.content)
        ).all()
        session.rollback()
    counts: dict[str, int] = {text: count for text, count in kept}  # noqa: C416
    lost = sum(text not in counts for text in seen.acknowledged)
    doubled = sum(count > 1 for count in counts.values())
    asked = sum(map(len, seen.taken.values()))
    print(f"{people:,} people, {AT_ONCE} at once, {seconds} s: {asked:,} requests, {asked / seconds:.0f} a second")
    for what, taken in sorted(seen.taken.items()):
        cuts = statistics.quantiles([*taken, *taken], n=100)
        print(f"{what:7} {len(taken):>6,} times   p50 {cuts[49]:7.1f} ms   p99 {cuts[98]:7.1f} ms")
    for what, count in sorted(seen.refused.items()):
        print(f"refused: {what}, {count:,} times")
    print(f"{len(seen.acknowledged):,} messages acknowledged, {lost} lost, {doubled} doubled")
    return int(bool(lost or doubled))


if __name__ == "__main__":
    asked_for = [int(one) for one in sys.argv[1:3]]
    seconds, people = [*asked_for, *(30, 1000)[len(asked_for) :]]
    sys.exit(main(min(seconds, LONGEST), people))
