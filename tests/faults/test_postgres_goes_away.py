"""PostgreSQL restarted in mid-request, cut off after a COMMIT, or gone: 503 with Retry-After, and nothing is lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import backends, factories
from tests.factories import start
from tests.faults.listening import eventually
from tests.faults.wire import Wire
from tests.guards.rows import all_rows
from tests.people import People
from tests.portals.fixtures import browser_of, inbox_of, start_session
from tests.services import POSTGRES_URL
from webapp.extensions import db

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def app(app_on):
    found = app_on("postgres")
    backends.empty(found)
    factories.save_in(found)
    yield found
    factories.save_in(None)


@pytest.fixture
def talk(app):
    people = People()
    return people, start(people.olga, people.mara_row)


def address_of(app):
    with app.app_context():
        return db.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")


def thread_of(app, people, talk):
    """Open the thread as the customer."""
    browser = browser_of(app)
    browser.set_cookie("parley_storefront", start_session(people.mara))
    browser.get(f"{inbox_of(people.mara)}/{talk.id}")
    return browser


def reply(browser, people, talk, key=KEY, body="Hello"):
    data = {"csrf_token": browser.csrf_token(), "body": body, "client_key": key}
    return browser.post(f"{inbox_of(people.mara)}/{talk.id}/messages", data=data)


def messages(app):
    return [row["content"] for row in all_rows(app)["messages"]]


@contextmanager
def holding_the_conversation(app, talk):
    """Keep others from changing the conversation, from a connection of one's own."""
    with psycopg.connect(address_of(app)) as other:
        other.execute("SELECT 1 FROM conversations WHERE id = %s FOR UPDATE", [talk.id])
        yield other
        other.rollback()


def end_all_others(app):
    """Do what a restart does to connections, and wait until they are gone."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(address_of(app), autocommit=True) as other:
        ended = other.execute(f"SELECT pid, pg_terminate_backend(pid) {others}").fetchall()
        left = f"SELECT 1 {others} AND pid = ANY(%s)"
        eventually(lambda: other.execute(left, [[pid for pid, _ in ended]]).fetchone() is None)


def test_a_restart_in_mid_request_is_503_and_the_next_try_makes_one_message(app, talk):
    people, conversation = talk
    browser = thread_of(app, people, conversation)
    with ThreadPoolExecutor(1) as pool, suppress(psycopg.OperationalError), holding_the_conversation(app, conversation):
        sending = pool.submit(reply, browser, people, conversation)
        eventually(lambda: backends.waiting(app))
        end_all_others(app)
        answer = sending.result(timeout=20)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert messages(app) == ["Hello"]
    assert reply(thread_of(app, people, conversation), people, conversation).status_code == 303
    assert messages(app) == ["Hello", "Hello"]


def test_connections_that_a_restart_left_in_the_pool_are_made_anew(app, talk):
    people, conversation = talk
    browser = thread_of(app, people, conversation)
    end_all_others(app)

    assert browser.get(inbox_of(people.mara)).status_code == 200
    end_all_others(app)
    assert reply(browser, people, conversation).status_code == 303


@pytest.fixture
def wired(app):
    """The app on the same database, which it reaches by a wire."""
    parts = urlsplit(POSTGRES_URL)
    wire = Wire(parts.hostname, parts.port or 5432)
    with backends.running_app(address_of(app).replace(parts.netloc, f"postgres@127.0.0.1:{wire.port}")) as found:
        yield found, wire
    wire.close()


def test_a_connection_cut_after_the_commit_is_503_and_the_key_gets_the_stored_answer(app, talk, wired):
    (people, conversation), (other, wire) = talk, wired
    browser = thread_of(other, people, conversation)
    token = browser.csrf_token()
    wire.trap = b"COMMIT"
    cut = reply(browser, people, conversation)
    assert wire.sprung.is_set()
    again = browser.post(
        f"{inbox_of(people.mara)}/{conversation.id}/messages",
        data={"csrf_token": token, "body": "Hello", "client_key": KEY},
    )

    assert (cut.status_code, cut.headers["Retry-After"]) == (503, "5")
    assert (again.status_code, again.location.rpartition("#")[2]) == (303, "m-2")
    assert messages(app) == ["Hello", "Hello"]


def test_while_it_is_gone_every_page_is_503_and_nothing_says_ready(talk, wired):
    (people, conversation), (other, wire) = talk, wired
    browser = thread_of(other, people, conversation)
    assert browser.get("/ready").status_code == 200
    wire.cut()

    gone = browser.get(f"{inbox_of(people.mara)}/{conversation.id}")
    ready = browser.get("/ready")
    assert (gone.status_code, gone.headers["Retry-After"]) == (503, "5")
    assert (ready.status_code, ready.json["checks"]["database"]) == (503, "unavailable")
    assert browser.get("/health").status_code == 200

    wire.mend()
    assert browser.get("/ready").status_code == 200
    assert browser.get(f"{inbox_of(people.mara)}/{conversation.id}").status_code == 200


def test_a_deadlock_is_tried_once_more(app, talk):
    """Somebody else locks an inbox and then the conversation: PostgreSQL ends one of the two."""
    people, conversation = talk
    patient = f"{address_of(app)}?options=-c%20deadlock_timeout%3D4500"  # so that both surely wait when it looks
    with (
        backends.running_app(patient) as served,
        psycopg.connect(address_of(app)) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        browser = thread_of(served, people, conversation)
        other.execute("SET deadlock_timeout = '1min'")  # it is the other one who notices, and is ended
        other.execute("SELECT 1 FROM inboxes FOR UPDATE")
        sending = pool.submit(reply, browser, people, conversation)
        eventually(lambda: backends.waiting(app))
        locking = pool.submit(other.execute, "SELECT 1 FROM conversations FOR UPDATE")
        locking.result(timeout=20)
        other.rollback()
        answer = sending.result(timeout=20)

    assert answer.status_code == 303
    assert messages(app) == ["Hello", "Hello"]


def test_a_statement_that_takes_too_long_is_ended(app):
    with app.app_context():
        limits = {
            name: db.session.execute(db.text(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }
        db.session.rollback()

    assert limits == {
        "statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min"
    }  # fmt: skip


def test_a_request_that_waits_too_long_for_a_lock_is_503(app, talk, monkeypatch):
    people, conversation = talk
    browser = thread_of(app, people, conversation)
    with holding_the_conversation(app, conversation):
        began = time.monotonic()
        answer = reply(browser, people, conversation)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert 4 < time.monotonic() - began < 15
