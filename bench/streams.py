"""Thousands of live streams in one process: memory, idle cost, how soon a message is seen, what pages cost then."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import insert

from bench.marketplace import Marketplace
from bench.servers import Server, open_thread, served
from webapp.accounts import sessions
from webapp.accounts.models import Customer, Side, SignInSession
from webapp.database import now, session, writing
from webapp.messaging.models import Conversation
from webapp.realtime.streams import PER_VIEWER

STREAMS = 4000
OPENING_AT_ONCE = 20
SENDS = 100
IDLE_SECONDS = 10
LISTS = 40
Figure = tuple[str, float, float | None, str]


def figures(place: Marketplace, streams: int = STREAMS) -> list[Figure]:
    """Return each figure with its goal and its unit."""
    cookies, reader = _people(place, streams)
    with served("webapp.asgi:app", place.environment) as server:
        return asyncio.run(_measure(server, place, cookies, reader, streams))


async def _measure(server: Server, place: Marketplace, cookies: list[str], reader: str, streams: int) -> list[Figure]:
    idle_list = _list_seconds(server, place)
    for _ in range(3):
        await _get(server.port, "/storefront/account/messages", reader)
    before = _memory(server)
    opening = time.monotonic()
    async with _crowd(server.port, cookies, streams):
        opened = streams / (time.monotonic() - opening)
        memory = (_memory(server) - before) / streams / 1024
        begun, cpu = time.monotonic(), server.cpu()
        await asyncio.sleep(IDLE_SECONDS)
        idle = (server.cpu() - cpu) / (time.monotonic() - begun) * 100
        busy_list = _list_seconds(server, place)
        seen, push = await _sends(server, place, reader)
    p99 = statistics.quantiles(seen, n=100)[98] * 1000
    return [
        ("memory a stream", round(memory, 1), 24, f"KiB, {streams:,} open"),
        ("seen after send", round(p99, 1), 50, f"ms p99 (median {statistics.median(seen) * 1000:.1f})"),
        ("list meanwhile", round(busy_list / idle_list, 2), 2, f"x idle ({idle_list * 1000:.1f} ms)"),
        ("idle", round(idle, 2), None, f"% of a core, {streams:,} open"),
        ("push", round(push * 1000, 2), None, "ms CPU a send, seen by one"),
        ("open", round(opened), None, "streams a second"),
    ]


def _people(place: Marketplace, streams: int) -> tuple[list[str], str]:
    """Make enough customers for the streams; return their cookies, and that of the one in the thread."""
    moment = now()
    with place.app.app_context(), writing():
        thread = session.get_one(Conversation, place.thread)
        store_id, in_thread = thread.store_id, thread.customer_id
        first = (session.query(Customer.id).order_by(Customer.id.desc()).limit(1).scalar() or 0) + 1
        tokens, reading = [f"stream-{first + n}" for n in range(streams // PER_VIEWER + 1)], f"reader-{first}"
        account = {"store_id": store_id, "password_hash": "!", "created_at": moment}
        rows = [
            {**account, "id": first + n, "email": f"stream{first + n}@bench.example", "name": f"C {n}"}
            for n in range(len(tokens))
        ]
        session.execute(insert(Customer), rows)
        held = {"side": Side.CUSTOMER, "store_id": store_id, "address": "", "user_agent": "", "last_seen_at": moment}
        lasting = {**held, "created_at": moment, "expires_at": moment + sessions.ABSOLUTE_LIMIT}
        owners = [(token, row["id"]) for token, row in zip(tokens, rows, strict=True)] + [(reading, in_thread)]
        session.execute(
            insert(SignInSession),
            [
                {**lasting, "token_hash": sessions.hash_token(token), "customer_id": owner, "user_id": None}
                for token, owner in owners
            ],
        )
    return [f"parley_storefront={token}" for token in tokens], f"parley_storefront={reading}"


@asynccontextmanager
async def _crowd(port: int, cookies: list[str], streams: int) -> AsyncIterator[None]:
    writers: list[asyncio.StreamWriter] = []
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def join(number: int) -> None:
        async with gate:
            _, writer = await open_stream(port, cookies[number % len(cookies)])
            writers.append(writer)

    await asyncio.gather(*map(join, range(streams)))
    try:
        yield
    finally:
        for writer in writers:
            writer.close()


async def open_stream(port: int, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    writer.write(f"GET /storefront/live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b": hello\n\n")
    return reader, writer


async def _sends(server: Server, place: Marketplace, cookie: str) -> tuple[list[float], float]:
    """Send, and fetch what came when the stream says so: the seconds since the moment that the message bears."""
    stream, writer = await open_stream(server.port, cookie)
    server.connection.close()
    signed_in, token = open_thread(server.connection, place)
    form = {**signed_in, "Content-Type": "application/x-www-form-urlencoded"}
    address = f"/storefront/account/messages/{place.thread}/_/messages?after="
    page = await _get(server.port, f"/storefront/account/messages/{place.thread}", cookie)
    after = max(map(int, re.findall(r'id="m-(\d+)"', page)))
    seen, cpu = [], server.cpu()
    for _ in range(SENDS):
        body = urlencode({"csrf_token": token, "body": "It left.", "client_key": uuid.uuid4(), "up_to_seq": 10**6})
        sending = asyncio.to_thread(
            server.ask("POST", f"/store/messages/{place.thread}/messages", form, lambda body=body: body)
        )
        task = asyncio.ensure_future(sending)
        await stream.readuntil(b"event: thread\n")
        piece = await _get(server.port, f"{address}{after}", cookie)
        seen_at = datetime.now(UTC)
        after += 1
        moment = re.findall(rf'id="m-{after}".*?datetime="([^"]+)"', piece, re.S)[0]
        seen.append((seen_at - datetime.fromisoformat(moment)).total_seconds())
        await task
    writer.close()
    return seen, (server.cpu() - cpu) / SENDS


async def _get(port: int, path: str, cookie: str) -> str:
    """Fetch a piece as a browser would, which has a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    headers = f"Host: 127.0.0.1\r\nCookie: {cookie}\r\nHX-Request: true\r\nConnection: close"
    writer.write(f"GET {path} HTTP/1.1\r\n{headers}\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    assert text.startswith("HTTP/1.1 200"), text[:200]
    return text


def _list_seconds(server: Server, place: Marketplace) -> float:
    ask = server.ask("GET", "/store/messages/_/rows", {"Cookie": f"parley_store={place.token}", "HX-Request": "true"})
    server.connection.close()  # the server has closed one that was idle
    ask()
    taken = []
    for _ in range(LISTS):
        begun = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _memory(server: Server) -> int:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024
