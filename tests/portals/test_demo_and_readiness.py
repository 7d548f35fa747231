"""The demo's one-click sign-in, where there is a demo; and what a load balancer is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.backends import migrate, running_app
from tests.factories import deactivate, save_in, saving
from tests.people import People
from tests.portals.fixtures import browser_of
from webapp.accounts.models import Side
from webapp.database import now, session
from webapp.doors.readiness import LATE_SECONDS
from webapp.notifications.models import Mail, MailKind


@pytest.fixture
def demo(tmp_path):
    """The application with the demo on, and its people."""
    with running_app(f"sqlite:///{tmp_path}/demo.db", demo=True) as app:
        migrate(app)
        save_in(app)
        try:
            yield app, People()
        finally:
            save_in(None)


def test_one_click_signs_in_at_each_portal(demo):
    app, people = demo
    for login, name, home in (
        ("/admin/login", "Ada Admin", "/admin/messages"),
        ("/store/login", "Olga Owner", "/store/messages"),
        ("/storefront/login?store=harbor-goods", "Mara Lind", "/storefront/account"),
    ):
        browser = browser_of(app)
        assert f"Continue as {name}" in browser.get(login).text
        store = {"store": "harbor-goods"} if "store=" in login else {}
        email = {"Ada Admin": people.ada, "Olga Owner": people.olga, "Mara Lind": people.mara}[name].email
        path = f"{login.partition('/login')[0]}/demo-sign-in"
        response = browser.post(path, data={"csrf_token": browser.csrf_token(), "email": email, **store})

        assert (response.status_code, response.location) == (303, home)
        assert name in browser.get(home).text


def test_one_click_signs_in_nobody_who_may_not(demo):
    app, people = demo
    deactivate(people.sam_row)
    browser = browser_of(app)
    browser.get("/store/login")
    token = browser.csrf_token()
    for email in (people.sam.email, people.ada.email, people.mara.email, "nobody@example.com", "", "\x00"):
        response = browser.post("/store/demo-sign-in", data={"csrf_token": token, "email": email})
        assert response.status_code == 404
    assert browser.post("/store/demo-sign-in", data={"email": people.olga.email}).status_code == 400


def test_without_a_demo_there_is_no_such_address(stranger, people):
    stranger.get("/store/login")
    data = {"csrf_token": stranger.csrf_token(), "email": people.olga.email}

    assert stranger.post("/store/demo-sign-in", data=data).status_code == 404


def test_a_database_without_the_schema_is_not_ready(tmp_path):
    with running_app(f"sqlite:///{tmp_path}/empty.db") as app:
        browser = browser_of(app)
        assert browser.get("/health").json == {"status": "ok"}
        before = browser.get("/ready")
        migrate(app)

        without = {"database": "unavailable", "storage": "ok", "queue": "unavailable"}
        assert (before.status_code, before.json["checks"]) == (503, without)
        assert browser.get("/ready").status_code == 200


def test_a_schema_that_lacks_the_newest_migration_is_not_ready(tmp_path):
    with running_app(f"sqlite:///{tmp_path}/old.db") as app:
        browser = browser_of(app)
        migrate(app, "0002")
        before = browser.get("/ready")
        migrate(app)

        assert (before.status_code, before.json["checks"]["database"]) == (503, "outdated")
        assert browser.get("/ready").status_code == 200


def test_a_redis_that_is_away_is_named_and_keeps_nobody_from_being_served(tmp_path):
    with running_app(f"sqlite:///{tmp_path}/redis.db", redis_url="redis://127.0.0.1:1/0") as app:
        migrate(app)
        ready = browser_of(app).get("/ready")

    assert (ready.status_code, ready.json["checks"]["redis"]) == (200, "unavailable")


def test_mails_that_nobody_sends_are_named_and_keep_no_page_away(app, people, stranger):
    with saving():
        session.add(
            Mail(
                kind=MailKind.DIGEST,
                participant_type=Side.CUSTOMER,
                participant_id=people.mara.id,
                store_id=people.harbor.id,
                message_id="<1@example.com>",
                due_at=now() - timedelta(seconds=LATE_SECONDS + 60),
            )
        )
    ready = stranger.get("/ready")

    assert (ready.status_code, ready.json["checks"]["queue"]) == (200, "late")
