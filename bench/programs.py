"""What a program's requests cost: CPU of each beside a bare Flask JSON view in the same process, without a server."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.marketplace import Marketplace
from webapp.accounts import tokens
from webapp.accounts.models import Scope, StoreMember, TokenKind, User
from webapp.accounts.tokens import SIGN_IN_LASTS
from webapp.database import now, session, writing

ROUNDS = 5
PER_ROUND = 20
Ask = Callable[[], None]


def ratios(place: Marketplace) -> dict[str, tuple[float, float]]:
    """Return each request's throughput as a part of the bare view's, and its milliseconds: the medians of rounds."""
    requests = _requests(place)
    bare = _get(_bare(), "/", {})
    for ask in (bare, *requests.values()):
        _cpu_of(ask, 10)
    parts: dict[str, list[float]] = {name: [] for name in requests}
    costs: dict[str, list[float]] = {name: [] for name in requests}
    for _ in range(ROUNDS):
        for name, ask in requests.items():
            least, cost = _cpu_of(bare, PER_ROUND * 5) / 5, _cpu_of(ask, PER_ROUND)
            parts[name].append(least / cost)
            costs[name].append(cost / PER_ROUND * 1000)
    return {name: (statistics.median(parts[name]), statistics.median(costs[name])) for name in requests}


def _bare() -> Flask:
    """The least that a JSON view can be."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: jsonify(status="ok"))
    return bare


def _requests(place: Marketplace) -> dict[str, Ask]:
    headers = {"Authorization": f"Bearer {_token(place)}"}
    base = "/api/v1/store/messages"
    return {
        "unread-count": _get(place.app, f"{base}/unread-count", headers),
        "list": _get(place.app, base, headers),
        "detail": _get(place.app, f"{base}/{place.thread}", headers),
        "send": _send(place.app, f"{base}/{place.thread}/messages", headers),
    }


def _token(place: Marketplace) -> str:
    with place.app.app_context(), writing():
        member = session.query(StoreMember).order_by(StoreMember.store_id).limit(1).one()
        account, until = session.get_one(User, member.user_id), now() + SIGN_IN_LASTS
        return tokens.issue(account, member.store_id, TokenKind.LONG_LIVED, "Benchmark", Scope, until)


def _get(app: Flask, path: str, headers: dict[str, str]) -> Ask:
    environ = EnvironBuilder(path=path, base_url="http://localhost:8000", headers=headers).get_environ()
    return lambda: _run(app, environ, "200")


def _send(app: Flask, path: str, headers: dict[str, str]) -> Ask:
    def send() -> None:
        environ = EnvironBuilder(
            path=path,
            base_url="http://localhost:8000",
            method="POST",
            headers={**headers, "Idempotency-Key": str(uuid.uuid4())},
            json={"content": "Your parcel left today."},
        ).get_environ()
        _run(app, environ, "201")

    return send


def _run(app: Flask, environ: dict[str, Any], expected: str) -> None:
    body, status, _ = run_wsgi_app(app, dict(environ), buffered=True)
    b"".join(body)
    assert status.startswith(expected), status


def _cpu_of(ask: Ask, times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        ask()
    return time.process_time() - begun
