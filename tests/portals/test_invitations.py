"""Invitations that nobody has taken yet: withdrawn, and ended with the right of whoever made them."""

from __future__ import annotations

import pytest

from tests import factories
from tests.factories import OWNER, saving, viewer_of
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of
from tests.portals.test_by_mail import app, deliver, invite, last_mail, smtp
from webapp.accounts import links

__all__ = ["app", "smtp"]


def join_page(app, portal, token):
    return browser_of(app).get(f"/{portal}/join/{token}").status_code


@pytest.mark.parametrize(("who", "portal", "role"), [("olga", "store", "agent"), ("ada", "admin", "admin")])
def test_an_invitation_is_withdrawn(app, smtp, sign_in, people, who, portal, role):
    browser, _ = invite(sign_in, getattr(people, who), "new@example.com")
    deliver(app)
    _, path = last_mail(smtp)
    assert "Withdraw the invitation of new@example.com" in browser.get(f"/{portal}/team").text

    assert browser.submit("/team/invitations/withdraw").status_code == 303

    page = browser.get(f"/{portal}/team").text
    assert ("Invitation withdrawn" in page, "new@example.com" in page) == (True, False)
    assert browser_of(app).get(path).status_code == 404
    noted = all_rows(app)["audit_log"][-1]
    assert (noted["action"], noted["actor_id"]) == ("invitation_withdrawn", getattr(people, who).id)
    assert (noted["store_id"], role in str(noted["after"])) == (getattr(people, who).store_id, True)
    browser.shown = (f"/{portal}/team", page)
    form = {"csrf_token": browser.csrf_token(), "acting_store": "harbor-goods", "invitation": "\x00x"}
    assert browser.post(f"/{portal}/team/invitations/withdraw", data=form).status_code == 404


def test_an_invitation_is_withdrawn_only_where_it_leads(app, sign_in, people):
    with saving():
        _, token = links.invite(people.olga, "new@example.com", links.MemberRole.AGENT)
    (row,) = all_rows(app)["account_links"]

    for viewer, status in ((people.tom, 404), (people.sam, 403), (people.ada, 404)):
        browser = sign_in(viewer)
        browser.get(f"/{viewer.side.value}")
        form = {"csrf_token": browser.csrf_token(), "invitation": row["token_hash"]}
        assert browser.post(f"/{viewer.side.value}/team/invitations/withdraw", data=form).status_code == status
    assert join_page(app, "store", token) == 200


@pytest.mark.parametrize("end", ["role", "deactivate"])
def test_invitations_end_with_the_right_of_whoever_made_them(app, sign_in, people, end):
    factories.make_member(people.harbor, people.sam_row, OWNER)
    factories.make_member(people.tea, people.sam_row, OWNER)
    with saving():
        _, token = links.invite(people.sam, "here@example.com", links.MemberRole.OWNER)
        _, elsewhere = links.invite(viewer_of(people.sam_row, people.tea), "there@example.com", links.MemberRole.OWNER)
        _, colleagues = links.invite(people.olga, "too@example.com", links.MemberRole.OWNER)
    browser = sign_in(people.olga)
    browser.get("/store/team")

    assert browser.submit(f"/team/{people.sam.id}/{end}").status_code == 303

    assert [join_page(app, "store", one) for one in (token, elsewhere, colleagues)] == [404, 200, 200]


def test_refused_and_withdrawn_invitations_count_towards_those_of_the_day(app, sign_in, people, monkeypatch):
    monkeypatch.setattr(links, "INVITATIONS_PER_DAY", 3)
    browser, refused = invite(sign_in, people.olga, people.ada.email)
    assert "cannot be invited here" in refused.text
    _, refused = invite(sign_in, people.olga, people.sam.email)
    assert "works here already" in refused.text
    browser, sent = invite(sign_in, people.olga, "new@example.com")
    assert sent.status_code == 303
    browser.get("/store/team")
    browser.submit("/team/invitations/withdraw")

    for email in ("newer@example.com", people.ada.email):
        _, refused = invite(sign_in, people.olga, email)
        assert (refused.status_code, "You can invite 3 people a day" in refused.text) == (422, True)
        assert "cannot be invited" not in refused.text
    assert invite(sign_in, people.tom, "new@example.com")[1].status_code == 303


def test_invitations_of_a_deactivated_admin_end(app, people, sign_in):
    with saving():
        _, token = links.invite(people.ben, "new@example.com", None)
    assert join_page(app, "admin", token) == 200
    browser = sign_in(people.ada)
    browser.get("/admin/team")

    assert browser.submit(f"/team/{people.ben.id}/deactivate").status_code == 303

    assert join_page(app, "admin", token) == 404
