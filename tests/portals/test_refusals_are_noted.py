"""Who tries to change what they may not is in the audit log, and so is what was done with e-mails and colours."""

from __future__ import annotations

from tests.factories import saving, start
from tests.guards.rows import all_rows
from tests.portals.test_second_step import app
from webapp.accounts import tokens
from webapp.accounts.models import Scope

__all__ = ["app"]


def noted(app, action):
    return [row for row in all_rows(app)["audit_log"] if row["action"] == action]


def test_a_refused_change_is_noted_once_a_minute(app, sign_in, people):
    sam = sign_in(people.sam)
    sam.get("/store/access")
    form = {"csrf_token": sam.csrf_token(), "acting_store": people.harbor.code, "email": "new@example.com"}
    for _ in range(3):
        assert sam.post("/store/team/invite", data={**form, "role": "agent"}).status_code == 403

    (row,) = noted(app, "refused")
    assert (row["actor_side"], row["actor_id"], row["object_id"]) == ("store", people.sam.id, "/store/team/invite")
    assert (row["store_id"], row["address"]) == (people.harbor.id, "127.0.0.1")


def test_a_refused_reading_changes_nothing(app, sign_in, people):
    sam = sign_in(people.sam)
    before = all_rows(app)["audit_log"]

    assert sam.get("/store/look").status_code == 403
    assert all_rows(app)["audit_log"] == before


def test_a_refused_program_is_noted(app, people):
    talk = start(people.olga, people.mara_row)
    with saving():
        token = tokens.issue_own(people.mara, "Reader", [Scope.READ], 30)
    asked = app.test_client().post(
        f"/api/v1/storefront/messages/{talk.id}/messages",
        headers={"Authorization": f"Bearer {token}"},
        json={"content": "Hello"},
    )

    assert asked.status_code == 403
    assert [row["actor_id"] for row in noted(app, "refused")] == [people.mara.id]


def test_a_colour_is_noted_with_what_it_was(app, sign_in, people):
    olga = sign_in(people.olga)
    for colour in ("#0b6464", "#0b6464", "#5a2d82"):
        olga.get("/store/look")
        assert olga.submit("/look", accent=colour).status_code == 303

    assert [(row["before"], row["after"]) for row in noted(app, "storefront_changed")] == [
        ({"colour": ""}, {"colour": "#0b6464"}),
        ({"colour": "#0b6464"}, {"colour": "#5a2d82"}),
    ]
    assert "Changed the storefront" in olga.get("/store/audit").text
