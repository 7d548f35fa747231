"""The log itself: appended in the transaction of what is noted, and changed by nobody, whatever they send."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.backends import engine_of
from tests.factories import change_settings, saving
from webapp.accounts.models import Side
from webapp.audit import log
from webapp.audit.log import By
from webapp.audit.models import Action
from webapp.database import WRITING, now, session, writing

ADA = By(Side.ADMIN, 1)


def note(days_ago: int = 0) -> None:
    with time_machine.travel(now() - timedelta(days=days_ago), tick=False), saving():
        log.note(ADA, Action.SETTING_CHANGED, "setting", "x", before={"value": 1}, after={"value": 2})


def rows(app):
    with engine_of(app).connect() as connection:
        return connection.execute(text("SELECT * FROM audit_log ORDER BY id")).all()


def run(app, statement):
    with engine_of(app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        connection.execute(text(statement))


FORBIDDEN = [
    "UPDATE audit_log SET actor_id = 2",
    "UPDATE audit_log SET before = NULL WHERE id = (SELECT max(id) FROM audit_log)",
    "DELETE FROM audit_log",
    "DELETE FROM audit_log WHERE id = (SELECT min(id) FROM audit_log)",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_to_change_it(app, statement):
    note()
    before = rows(app)

    with pytest.raises(DBAPIError, match="the audit log"):
        run(app, statement)

    assert rows(app) == before
    assert len(before) == 1


def test_emptying_or_replacing_is_no_way_around(app, backend):
    note()
    before = rows(app)
    around = {
        "postgres": "TRUNCATE audit_log",
        "sqlite": "INSERT OR REPLACE INTO audit_log SELECT id, 'signed_in', NULL, NULL, NULL, 0, '', '', '', NULL,"
        " NULL, created_at FROM audit_log",
    }

    with pytest.raises(DBAPIError, match="the audit log cannot be changed"):
        run(app, around[backend])
    assert rows(app) == before


def test_what_is_rolled_back_was_not_done(app):
    def fail():
        with writing():
            log.note(ADA, Action.SETTING_CHANGED, "setting", "x")
            raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        fail()
    assert rows(app) == []


def test_what_was_kept_long_enough_may_go_and_nothing_else(app):
    note(days_ago=366)
    note(days_ago=364)
    note()

    with saving():
        assert log.prune(365) == 1
    with pytest.raises(DBAPIError, match="kept for its retention"), saving():
        log.prune(363)
    assert len(rows(app)) == 2


def test_the_retention_is_the_setting_and_never_under_30_days(app):
    note(days_ago=60)
    note(days_ago=20)
    change_settings(audit_retention_days=30)

    with saving():
        assert log.prune(30) == 1
    with pytest.raises(DBAPIError, match="kept for its retention"), saving():
        log.prune(10)


def test_a_broken_setting_does_not_open_the_log(app):
    note(days_ago=60)
    with saving():
        session.execute(
            text(
                "INSERT INTO platform_settings (key, value, value_type, category, updated_at, created_at)"
                " VALUES ('audit_retention_days', '-99x', 'int', 'security', '2026-01-01', '2026-01-01')"
            )
        )
    with pytest.raises(DBAPIError, match="kept for its retention"), saving():
        log.prune(31)
