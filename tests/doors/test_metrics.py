"""What a monitoring system gets, and who gets nothing."""

from __future__ import annotations

import pytest

from tests import backends
from webapp.config import ConfigurationError

TOKEN = "a-token-for-metrics-of-32-characters-or-more"


@pytest.fixture
def watched(tmp_path):
    with backends.running_app(f"sqlite:///{tmp_path}/watched.db", metrics_token=TOKEN) as app:
        backends.migrate(app)
        yield app.test_client()


def figures(client) -> dict[str, float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_requests_streams_and_mails_are_told(watched):
    watched.get("/health")
    watched.get("/health")
    watched.get("/nowhere")
    found = figures(watched)

    assert found['parley_requests_total{endpoint="site.health",method="GET",status="200"}'] == 2
    assert found['parley_requests_total{endpoint="none",method="GET",status="404"}'] == 1
    assert found['parley_request_seconds_count{kind="page"}'] == 3
    for name in ("parley_streams", "parley_mail_queue", "parley_mail_queue_age_seconds", "parley_outbox"):
        assert found[name] == 0


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN} ", "Bearer é"]
)
def test_whoever_does_not_know_the_token_gets_nothing(watched, given):
    answer = watched.get("/metrics", headers={} if given is None else {"Authorization": given})

    assert answer.status_code == 401
    assert "parley_" not in answer.text


def test_without_a_token_there_is_no_such_page(sqlite_app):
    assert sqlite_app.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_short_token_is_refused_in_production():
    with pytest.raises(ConfigurationError, match="PARLEY_METRICS_TOKEN"):
        backends.Config(
            env="production", secret_key="x" * 40, base_url="https://a.example", demo=False, metrics_token="short"
        )
