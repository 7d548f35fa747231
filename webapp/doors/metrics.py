"""What a monitoring system asks at /metrics, with a token of its own: requests, sends, streams, the queue of mails."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator

from flask import Flask, Response, abort, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from webapp.config import Config
from webapp.database import now, reading
from webapp.doors.guard import public
from webapp.notifications.models import Mail, MailState, OutboxEntry

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


def set_up(app: Flask, config: Config) -> None:
    """Count requests and answer /metrics, if there is a token for it; each process tells of itself."""
    app.add_url_rule("/metrics", "metrics", public(_metrics))
    if not config.metrics_token:
        return
    registry = app.extensions["parley.metrics"] = CollectorRegistry()
    requests = Counter("parley_requests", "Requests answered.", ["endpoint", "method", "status"], registry=registry)
    seconds = Histogram("parley_request_seconds", "Time of requests.", ["kind"], buckets=SECONDS, registry=registry)
    app.extensions["parley.metrics.of_requests"] = requests, seconds
    registry.register(_Now(app))

    @app.before_request
    def begin() -> None:
        g.asked = time.perf_counter()

    @app.after_request
    def after(response: Response) -> Response:
        count(app, request.method, request.endpoint, response.status_code, g.get("asked"))
        return response


def count(app: Flask, method: str, endpoint: str | None, status: int, asked: float | None) -> None:
    """Count a request, and the seconds since it was asked, where anybody looks at the figures."""
    if found := app.extensions.get("parley.metrics.of_requests"):
        requests, seconds = found
        requests.labels(endpoint or "none", method, str(status)).inc()
        if asked is not None:
            seconds.labels(_kind(endpoint or "")).observe(time.perf_counter() - asked)


def _kind(endpoint: str) -> str:
    """Return what is timed apart: sends, other pages, programs' calls, and files of the design."""
    if endpoint.endswith(".send_message"):
        return "send"
    return "static" if endpoint == "static" else "program" if endpoint.startswith("api") else "page"


def _metrics() -> Response:
    """Answer with the figures to whoever knows the token; without one there is no such page."""
    config: Config = current_app.extensions["parley"]
    if not config.metrics_token:
        abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not hmac.compare_digest(given, config.metrics_token.encode()):
        abort(401)
    return Response(generate_latest(current_app.extensions["parley.metrics"]), content_type=FORMAT)


class _Now(Collector):
    """What is looked up when it is asked for: streams held by this process, mails that wait in the database."""

    def __init__(self, app: Flask) -> None:
        self._bus = app.extensions["parley.bus"]

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        streams = self._bus.listener
        yield _gauge("parley_streams", "Live streams that this process holds.", len(streams) if streams else 0)
        with reading() as session:
            due = Mail.state == MailState.PENDING
            waiting, oldest = session.execute(select(func.count(), func.min(Mail.due_at)).where(due)).one()
            unsent = session.scalar(select(func.count()).where(OutboxEntry.mail_id.is_(None)))
        yield _gauge("parley_mail_queue", "Mails to be sent, now or after a wait.", waiting)
        late = max((now() - oldest).total_seconds(), 0) if oldest else 0
        yield _gauge("parley_mail_queue_age_seconds", "How long the oldest of them is overdue.", late)
        yield _gauge("parley_outbox", "Messages to people of which no mail was made yet.", unsent or 0)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
