"""What goes by mail: a new password, with one answer for everybody, and invitations to a store and to the platform."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from tests.backends import engine_of
from tests.factories import PASSWORD, change_settings, saving
from tests.guards.rows import all_rows
from tests.notifications.conftest import SETTINGS, mailing
from tests.notifications.smtp import smtp_server
from tests.portals.fixtures import browser_of
from webapp.accounts import links
from webapp.accounts.service import AccountService
from webapp.database import now
from webapp.notifications import account_letters

NEW = "a long new password"


@pytest.fixture
def smtp():
    with smtp_server() as server:
        yield server


@pytest.fixture
def app(sqlite_app, smtp):
    """The app, its mails going to the server of the test."""
    with mailing(sqlite_app, smtp_url=smtp.url, **SETTINGS):
        yield sqlite_app


def deliver(app):
    with app.app_context():
        return account_letters.deliver(lambda: False)


def last_mail(smtp):
    """Return the text of the last mail, and the path of the link in it."""
    text = smtp.received[-1].text
    return text, re.search(r"https://parley\.test(/\S+)", text)[1]


def ask(app, portal, email, store=""):
    browser = browser_of(app)
    browser.get(f"/{portal}/forgot" + (f"?store={store}" if store else ""))
    return browser.submit("/forgot", email=email)


def sign_in_by_form(app, portal, email, password, store=""):
    browser = browser_of(app)
    browser.get(f"/{portal}/login" + (f"?store={store}" if store else ""))
    return browser, browser.submit("/login", email=email, password=password)


@pytest.mark.parametrize(
    ("who", "portal", "store"),
    [("ada", "admin", ""), ("olga", "store", ""), ("mara", "storefront", "harbor-goods")],
)
def test_a_new_password_by_mail(app, smtp, sign_in, people, who, portal, store):
    viewer = getattr(people, who)
    signed_in = sign_in(viewer)
    assert ask(app, portal, f" {viewer.email.upper()} ", store).status_code == 200
    assert deliver(app) == 1
    text, path = last_mail(smtp)
    assert viewer.name in text
    browser = browser_of(app)
    page = browser.get(path)
    assert page.status_code == 200
    assert browser.get(path).status_code == 200, "looking does not use it up"

    assert browser.submit(path, password=NEW, again=NEW).status_code == 303

    home = "/storefront/account" if portal == "storefront" else f"/{portal}"
    assert signed_in.get(home).status_code == 302
    assert sign_in_by_form(app, portal, viewer.email, PASSWORD, store)[1].status_code == 401
    assert sign_in_by_form(app, portal, viewer.email, NEW, store)[1].status_code == 303
    assert browser.get(path).status_code == 404
    assert [row["template"] for row in all_rows(app)["account_letters"]] == ["security_notice"]
    assert deliver(app) == 1
    assert "A new password was set with a link from a mail." in last_mail(smtp)[0]
    rows = all_rows(app)
    assert rows["account_letters"] == []
    assert path.rpartition("/")[2] not in str(rows)
    assert [row["action"] for row in rows["audit_log"]].count("password_reset") == 1


def test_everybody_gets_the_same_answer(app, smtp, people):
    with saving():
        AccountService().deactivate(AccountService().find_user(people.ben.email))
    known = ask(app, "admin", people.ada.email)
    answers = {
        email: ask(app, "admin", email)
        for email in ("nobody@example.com", people.ben.email, people.olga.email, "no address", "nul\x00@example.com")
    }

    assert known.status_code == 200
    for email, answer in answers.items():
        assert answer.status_code == 200
        typed = email.replace("\x00", "")
        assert answer.text.replace(typed, "X") == known.text.replace(people.ada.email, "X")
    assert deliver(app) == 1
    assert smtp.received[-1].recipients == [people.ada.email]


def test_nobody_is_flooded(app, people):
    for _ in range(links.RESETS_PER_HOUR + 2):
        assert ask(app, "admin", people.ada.email).status_code == 200
    assert len(all_rows(app)["account_letters"]) == links.RESETS_PER_HOUR


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"password": "short", "again": "short"}, "A password has 8 to 256 characters"),
        ({"password": NEW, "again": "other"}, "The two new passwords are not the same"),
    ],
)
def test_a_refused_password_leaves_the_link_good(app, smtp, people, typed, message):
    ask(app, "store", people.olga.email)
    deliver(app)
    _, path = last_mail(smtp)
    browser = browser_of(app)
    browser.get(path)
    refused = browser.submit(path, **typed)

    assert (refused.status_code, message in refused.text) == (422, True)
    assert browser.get(path).status_code == 200


def test_a_link_ends_after_an_hour_and_at_another_portal(app, smtp, people):
    ask(app, "store", people.olga.email)
    deliver(app)
    _, path = last_mail(smtp)
    browser = browser_of(app)

    for other in ("/admin", "/storefront"):
        assert browser.get(path.replace("/store", other, 1)).status_code == 404
    browser.get(path)
    form = {"csrf_token": browser.csrf_token(), "password": NEW, "again": NEW}
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert browser.get(path).status_code == 404
        assert browser.post(path, data=form).status_code == 404
    assert sign_in_by_form(app, "store", people.olga.email, PASSWORD)[1].status_code == 303


def invite(sign_in, viewer, email, role="agent"):
    browser = sign_in(viewer)
    browser.get(f"/{viewer.side.value}/team")
    typed = {} if viewer.is_admin else {"role": role}
    return browser, browser.submit("/team/invite", email=email, **typed)


def test_an_owner_invites_somebody_new(app, smtp, sign_in, people):
    browser, answer = invite(sign_in, people.olga, "New.Person@example.com", "owner")
    assert answer.status_code == 303
    assert "new.person@example.com" in browser.get("/store/team").text
    deliver(app)
    text, path = last_mail(smtp)
    assert "Olga Owner invites you to work for Harbor Goods as owner" in text
    visitor = browser_of(app)
    assert "Work for" in visitor.get(path).text
    assert visitor.submit(path, name="", password=NEW).status_code == 422
    visitor.get(path)
    assert visitor.submit(path, name="New Person", password=NEW).status_code == 303

    joined, _ = sign_in_by_form(app, "store", "new.person@example.com", NEW)
    assert joined.get("/store/team").status_code == 200
    assert visitor.get(path).status_code == 404
    assert "Invited as" not in browser.get("/store/team").text


def test_somebody_of_another_store_joins_without_a_new_account(app, smtp, sign_in, people):
    invite(sign_in, people.olga, people.tom.email)
    deliver(app)
    visitor = browser_of(app)
    _, path = last_mail(smtp)
    assert 'name="password"' not in visitor.get(path).text
    visitor.submit(path)

    joined, _ = sign_in_by_form(app, "store", people.tom.email, PASSWORD)
    assert "Harbor Goods" in joined.get("/store/switch").text
    assert len([row for row in all_rows(app)["users"] if row["email"] == people.tom.email]) == 1


def test_an_admin_invites_an_admin(app, smtp, sign_in, people):
    invite(sign_in, people.ada, "new.admin@example.com")
    deliver(app)
    text, path = last_mail(smtp)
    assert "for the platform as an admin" in text
    assert browser_of(app).get(path.replace("/admin", "/store", 1)).status_code == 404
    visitor = browser_of(app)
    visitor.get(path)
    visitor.submit(path, name="New Admin", password=NEW)

    joined, _ = sign_in_by_form(app, "admin", "new.admin@example.com", NEW)
    assert joined.get("/admin/team").status_code == 200


@pytest.mark.parametrize(
    ("who", "email", "message"),
    [
        ("olga", "no address", "Enter an email address"),
        ("olga", "ada.admin@example.com", "cannot be invited here"),
        ("olga", "sam.agent@example.com", "works here already"),
        ("ada", "olga.owner@example.com", "cannot be invited here"),
    ],
)
def test_who_cannot_be_invited(app, sign_in, people, who, email, message):
    _, answer = invite(sign_in, getattr(people, who), email)

    assert (answer.status_code, message in answer.text) == (422, True)
    assert all_rows(app)["account_letters"] == []


def test_the_secret_of_a_mail_is_sealed(app, people):
    ask(app, "admin", people.ada.email)
    with engine_of(app).connect() as connection:
        kept = connection.exec_driver_sql("SELECT sealed FROM account_letters").scalar()
    assert "/admin/reset/" not in kept


def test_an_invited_owner_must_set_up_the_second_step_where_it_is_demanded(app, smtp, sign_in, people):
    change_settings(second_factor_owners=True)
    with saving():
        _, token = links.invite(people.olga, "new@example.com", links.MemberRole.OWNER)
    visitor = browser_of(app)
    visitor.get(f"/store/join/{token}")
    visitor.submit(f"/join/{token}", name="New", password=NEW)
    joined, _ = sign_in_by_form(app, "store", "new@example.com", NEW)

    assert joined.get("/store").location == "/store/access/second-step"
