"""The job engine: it drains while it runs, ends in the middle of a shift, and a failing job does not end it."""

from __future__ import annotations

import threading
import time

import pytest
from huey import RedisHuey

from tests import factories
from tests.backends import config_of, migrate, running_app
from tests.people import People
from tests.services import REDIS_URL
from webapp import jobs
from webapp.config import Environment
from webapp.jobs import JobEngine
from webapp.notifications import delivery


@pytest.fixture
def app(tmp_path, monkeypatch):
    """An app whose queue of jobs lies in a folder of the test, and whose mails go to files."""
    monkeypatch.setattr(jobs, "ROOT", tmp_path)
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN", 0.05)
    settings = {"mail_coalesce_seconds": 0, "mail_folder": str(tmp_path / "mail")}
    with running_app(f"sqlite:///{tmp_path / 'parley.db'}", **settings) as made:
        migrate(made)
        factories.save_in(made)
        yield made
        factories.save_in(None)


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


def test_mails_leave_while_it_runs_and_it_ends_when_told(app, tmp_path):
    people, engine = People(), JobEngine(app)
    engine.start()
    factories.start(people.olga, people.mara_row)
    wait_for(lambda: list((tmp_path / "mail").glob("*.eml")))

    begun = time.monotonic()
    engine.stop()
    assert time.monotonic() - begun < 5
    factories.start(people.olga, people.mara_row)
    time.sleep(0.3)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_a_failing_drain_is_logged_and_tried_again(app, tmp_path, monkeypatch, caplog):
    whole, calls = delivery.deliver, []

    def failing(*args):
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("the database is away")
        return whole(*args)

    monkeypatch.setattr(delivery, "deliver", failing)
    people, engine = People(), JobEngine(app)
    factories.start(people.olga, people.mara_row)
    engine.start()
    wait_for(lambda: list((tmp_path / "mail").glob("*.eml")))
    engine.stop()
    assert "the database is away" in caplog.text


def test_two_threads_of_a_process_do_not_drain_at_once(app, monkeypatch):
    engine, inside = JobEngine(app), []

    def slow(_stopping):
        inside.append(1)
        engine.stopping.wait(1)
        return 0

    monkeypatch.setattr(delivery, "deliver", slow)
    first = threading.Thread(target=engine.drain_for_a_while)
    first.start()
    wait_for(lambda: inside)
    engine.drain_for_a_while()
    assert inside == [1]
    engine.stopping.set()
    first.join()


@pytest.mark.parametrize(
    ("settings", "here"),
    [
        ({"env": "development"}, True),
        ({"env": "development", "redis_url": "redis://localhost"}, False),
        ({"env": "development", "redis_url": "redis://localhost", "jobs": "server"}, True),
        ({"env": "development", "jobs": "worker"}, False),
        ({}, False),
        ({"jobs": "server"}, True),
    ],
)
def test_who_does_the_jobs(settings, here):
    config = config_of("sqlite:///x.db", **{key: value for key, value in settings.items() if key != "env"})
    object.__setattr__(config, "env", Environment(settings.get("env", "test")))
    assert config.jobs_in_server is here


@pytest.mark.redis
def test_redis_holds_the_queue_of_jobs_where_it_is_set(tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN", 0.05)
    settings = {"mail_coalesce_seconds": 0, "mail_folder": str(tmp_path / "mail"), "redis_url": REDIS_URL}
    with running_app(f"sqlite:///{tmp_path / 'parley.db'}", **settings) as app:
        migrate(app)
        factories.save_in(app)
        people, engine = People(), JobEngine(app)
        engine.start()
        factories.start(people.olga, people.mara_row)
        wait_for(lambda: list((tmp_path / "mail").glob("*.eml")))
        engine.stop()
        factories.save_in(None)
    assert isinstance(engine.huey, RedisHuey)
