"""Who works here: roles, deactivation and coming back, for owners only; a store keeps an owner."""

from __future__ import annotations

import pytest

from tests.guards.rows import all_rows


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


def test_an_agent_changes_nothing(app, sign_in, people):
    browser = sign_in(people.sam)
    assert browser.get("/store/team").status_code == 403
    browser.get("/store")
    data = {
        "csrf_token": browser.csrf_token(),
        "acting_store": "harbor-goods",
        "email": "x@example.com",
        "role": "owner",
    }
    for path in ("invite", f"{people.sam.id}/role", f"{people.olga.id}/deactivate", f"{people.olga.id}/activate"):
        assert browser.post(f"/store/team/{path}", data=data).status_code == 403
    assert all_rows(app)["account_links"] == []


def test_roles_change_and_a_store_keeps_an_owner(app, sign_in, people):
    olga = sign_in(people.olga)
    olga.get("/store/team")
    data = {"csrf_token": olga.csrf_token(), "acting_store": "harbor-goods"}

    def post(path, **more):
        return olga.post(f"/store/team/{path}", data={**data, **more})

    refused = post(f"{people.olga.id}/role", role="agent")
    assert (refused.status_code, "A store needs an owner" in refused.text) == (422, True)
    assert post(f"{people.sam.id}/role", role="owner").status_code == 303
    assert sign_in(people.sam).get("/store/team").status_code == 200
    assert post(f"{people.olga.id}/role", role="agent").status_code == 303
    assert olga.get("/store/team").status_code == 403
    assert post(f"{people.tom.id}/role", role="owner").status_code == 403


def test_deactivated_and_back(app, sign_in, people):
    olga, sam = sign_in(people.olga), sign_in(people.sam)
    olga.get("/store/team")
    data = {"csrf_token": olga.csrf_token(), "acting_store": "harbor-goods"}
    assert olga.post(f"/store/team/{people.sam.id}/deactivate", data=data).status_code == 303
    assert sam.get("/store").status_code == 302
    assert olga.post(f"/store/team/{people.tom.id}/deactivate", data=data).status_code == 404
    assert olga.post(f"/store/team/{people.olga.id}/deactivate", data=data).status_code == 422
    assert olga.post(f"/store/team/{people.sam.id}/activate", data=data).status_code == 303
    assert sign_in(people.sam).get("/store").status_code == 200
    noted = [(row["action"], row["actor_id"]) for row in all_rows(app)["audit_log"] if row["actor_id"]]
    assert noted == [("account_deactivated", people.olga.id), ("account_activated", people.olga.id)]
