"""demo: the accounts of the contract, living inboxes of the sizes the design asks for, never in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests import backends
from tests.cli.conftest import Sql, sql_on
from tests.portals.fixtures import backend
from webapp import create_app
from webapp.accounts.models import Side
from webapp.accounts.sessions import Visit
from webapp.accounts.sign_in import sign_in
from webapp.config import Config

__all__ = ["backend"]

ACCOUNTS = [
    (Side.ADMIN, "ada@parley.example", None),
    (Side.ADMIN, "ben@parley.example", None),
    (Side.STORE, "olga@harbor.example", None),
    (Side.STORE, "ivo@harbor.example", None),
    (Side.STORE, "tess@tea.example", None),
    (Side.CUSTOMER, "mara@customers.example", "harbor-goods"),
    (Side.CUSTOMER, "joon@customers.example", "harbor-goods"),
    (Side.CUSTOMER, "mara@customers.example", "tea-corner"),
    (Side.CUSTOMER, "noor@customers.example", "tea-corner"),
]
BADGES = (
    "SELECT u.email, s.code, i.unread_messages FROM inboxes i JOIN users u ON u.id = i.participant_id"
    " LEFT JOIN stores s ON s.id = i.store_id WHERE i.participant_type <> 'customer'"
    " UNION ALL SELECT c.email, s.code, i.unread_messages FROM inboxes i JOIN customers c ON c.id = i.participant_id"
    " JOIN stores s ON s.id = i.store_id WHERE i.participant_type = 'customer'"
)


@pytest.fixture
def demo_app(app: Flask) -> Iterator[Flask]:
    """The app on the test's database with the demo switched on."""
    with backends.running_app(app.config["SQLALCHEMY_DATABASE_URI"], demo=True) as demo_app:
        yield demo_app


@pytest.fixture(scope="module")
def demo_on(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[Callable[[str], Flask]]:
    """Give an app on a database of its own, with the demo data, that all tests of this file look at."""
    apps: dict[str, Flask] = {}
    with ExitStack() as stack:

        def get(backend: str) -> Flask:
            if backend not in apps:
                folder = tmp_path_factory.mktemp("demo")
                url = stack.enter_context(backends.URLS[backend](folder, f"demo_{worker_name}"))
                files = f"file:{folder / 'files'}"
                apps[backend] = stack.enter_context(backends.running_app(url, demo=True, storage_url=files))
                backends.migrate(apps[backend])
                result = run_on(apps[backend], "demo")
                assert result.exit_code == 0, result.output
                assert "Loaded the demo data: 64 conversations" in result.output
            return apps[backend]

        yield get


@pytest.fixture
def loaded(demo_on: Callable[[str], Flask], backend: str) -> Flask:
    return demo_on(backend)


@pytest.fixture
def seen(loaded: Flask) -> Sql:
    """Run statements on the demo data."""
    return sql_on(loaded)


def run_on(app: Flask, *words: str):
    return app.test_cli_runner().invoke(args=words)


def test_every_demo_account_signs_in(loaded: Flask):
    for side, email, store in ACCOUNTS:
        with loaded.app_context():
            assert sign_in(side, email, "parley-demo", Visit("127.0.0.1", "test"), store)


def test_there_is_as_much_as_the_design_asks_for(seen: Sql):
    assert seen("SELECT count(*) FROM stores") == [(3,)]
    assert seen("SELECT count(*) FROM users WHERE role = 'admin'") == [(2,)]
    assert seen("SELECT count(*) FROM customers") == [(12,)]
    assert all(2 <= count <= 3 for (count,) in seen("SELECT count(*) FROM store_members GROUP BY store_id"))
    assert seen("SELECT conversation_type, count(*) FROM conversations GROUP BY 1 ORDER BY 1") == [
        ("admin_customer", 8),
        ("admin_store", 16),
        ("store_customer", 40),
    ]
    assert seen("SELECT status, count(*) FROM conversations GROUP BY 1 ORDER BY 1") == [("closed", 18), ("open", 46)]
    ((standing,),) = seen("SELECT message_count FROM conversations WHERE message_count > 100")
    assert standing == 600
    assert 400 <= seen("SELECT count(*) FROM messages WHERE kind = 'message'")[0][0] - standing <= 440
    assert seen("SELECT min(length(content)), max(length(content)) FROM messages") == [(1, 5000)]
    assert seen("SELECT max(length(name)) FROM customers") == [(60,)]
    assert {count for (count,) in seen("SELECT unread_count FROM conversation_participants")} == {0, 1, 2, 14, 120}


def test_there_are_photos_documents_and_a_draft(seen: Sql):
    photos = seen(
        "SELECT c.subject, count(*) FROM message_attachments a JOIN conversations c ON c.id = a.conversation_id"
        " WHERE a.is_image GROUP BY 1 ORDER BY 2 DESC"
    )
    documents = seen("SELECT extension FROM message_attachments WHERE NOT is_image ORDER BY 1")

    assert photos[0] == ("Damaged teak tray", 12)
    assert documents == [("csv",), ("docx",), ("pdf",), ("zip",)]
    assert seen("SELECT count(*) FROM drafts") == [(1,)]


def test_some_of_it_is_right_to_left_some_a_link_and_one_was_reopened(seen: Sql):
    assert seen("SELECT count(*) FROM conversations WHERE subject LIKE '%طلب%' OR subject LIKE '%משלוח%'")[0][0] == 2
    assert seen("SELECT count(*) FROM messages WHERE content LIKE '%https://%'") == [(1,)]
    assert seen(
        "SELECT count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id"
        " WHERE c.status = 'open' AND m.kind = 'event' AND m.content = 'reopened'"
    ) == [(1,)]


def test_every_account_of_the_contract_has_a_small_badge(seen: Sql):
    badges = {(email, store): unread for email, store, unread in seen(BADGES)}

    assert 2 <= badges["ada@parley.example", None] <= 5
    assert 3 <= badges["olga@harbor.example", "harbor-goods"] <= 6
    assert 1 <= badges["mara@customers.example", "harbor-goods"] <= 3
    for account in (
        ("ben@parley.example", None),
        ("ivo@harbor.example", "harbor-goods"),
        ("ivo@harbor.example", "tea-corner"),
        ("tess@tea.example", "tea-corner"),
        ("joon@customers.example", "harbor-goods"),
        ("mara@customers.example", "tea-corner"),
        ("noor@customers.example", "tea-corner"),
    ):
        assert 1 <= badges[account] <= 6, account


def test_nothing_is_in_the_future_and_something_is_of_today(seen: Sql):
    ((latest,),) = seen("SELECT max(created_at) FROM messages")
    moment = datetime.fromisoformat(str(latest))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

    assert 0 <= (datetime.now(UTC) - moment).total_seconds() < 3600
    assert seen("SELECT count(*) FROM conversations WHERE last_message_at > created_at")[0][0] > 60


def test_the_doctor_finds_nothing(loaded: Flask):
    doctor = run_on(loaded, "doctor")

    assert doctor.exit_code == 0, doctor.output
    assert run_on(loaded, "recount-unread").output.endswith("nothing to repair.\n")


def test_a_second_run_says_so_and_changes_nothing(loaded: Flask, seen: Sql):
    count = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages)"
    before = seen(count)

    again = run_on(loaded, "demo")

    assert again.exit_code == 0
    assert "Nothing was changed" in again.output
    assert seen(count) == before


def test_it_is_the_same_every_time(demo_app: Flask, sql: Sql, seen: Sql):
    texts = (
        "SELECT c.subject, m.seq, m.content FROM messages m"
        " JOIN conversations c ON c.id = m.conversation_id ORDER BY 1, 2"
    )
    first = seen(texts)
    run_on(demo_app, "demo")

    assert len(first) > 1000
    assert sql(texts) == first


def test_it_is_refused_in_production_and_where_it_is_switched_off(app: Flask, sql: Sql):
    production = create_app(
        Config(
            env="production",
            secret_key=backends.SECRET_KEY,
            base_url="https://messages.example.com",
            database_url=app.config["SQLALCHEMY_DATABASE_URI"],
        )
    )
    results = [run_on(production, "demo"), run_on(app, "demo")]
    backends.engine_of(production).dispose()

    assert [result.exit_code for result in results] == [1, 1]
    assert all("Nothing was changed" in result.output for result in results)
    assert sql("SELECT count(*) FROM users") == [(0,)]


def test_make_run_loads_it_once_and_prints_the_three_links(demo_app: Flask, sql: Sql):
    first, second = run_on(demo_app, "prepare-run"), run_on(demo_app, "prepare-run")

    assert first.exit_code == second.exit_code == 0, first.output
    assert "Loaded the demo data" in first.output
    assert "Loaded" not in second.output
    for path in ("/admin/login", "/store/login", "/storefront/login?store=harbor-goods"):
        assert f"http://127.0.0.1:8000{path} " in second.output
    assert sql("SELECT count(*) FROM conversations") == [(64,)]


def test_make_run_without_the_demo_loads_nothing(app: Flask, sql: Sql):
    result = run_on(app, "prepare-run")

    assert result.exit_code == 0, result.output
    assert sql("SELECT count(*) FROM users") == [(0,)]
