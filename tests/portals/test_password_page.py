"""Changing the password: the current one is asked for, all else that used it ends, and guessing has limits."""

from __future__ import annotations

import pytest

from tests.api.conftest import token_of
from tests.api.program import Program
from tests.factories import PASSWORD, saving
from tests.guards.rows import all_rows, changed
from tests.portals.fixtures import browser_of
from webapp.accounts import links, sessions, tokens
from webapp.accounts.attempts import PER_ACCOUNT_AND_ADDRESS

ACCESS = {"ada": "/admin/access", "olga": "/store/access", "mara": "/storefront/account/access"}
NEW = "a long new password"
ALL = [pytest.param(who, path, id=who) for who, path in ACCESS.items()]


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


def change(browser, path, current=PASSWORD, new=NEW, again=None):
    browser.get(f"{path}/password")
    return browser.submit("/password", current=current, password=new, again=new if again is None else again)


def signed_in_program(viewer):
    """Return the token of a program that signed in with the person's password."""
    with saving():
        return tokens.issue_sign_in(sessions.account_of(viewer), viewer.store_id)[0]


def reset_link(viewer):
    """Return the secret of a mail for a new password."""
    with saving():
        return links.ask_for_reset(viewer.side, viewer.email, viewer.store.code if viewer.store else None)[1]


def sign_in_by_form(app, viewer, password):
    browser, portal = browser_of(app), ACCESS[viewer.name.split()[0].lower()].split("/")[1]
    browser.get(f"/{portal}/login" + (f"?store={viewer.store.code}" if viewer.is_customer else ""))
    return browser.submit("/login", email=viewer.email, password=password)


@pytest.mark.parametrize(("who", "path"), ALL)
def test_the_new_password_holds_and_everything_of_the_old_one_ends(app, sign_in, people, who, path):
    viewer = getattr(people, who)
    lost, here = sign_in(viewer), sign_in(viewer)
    program, own_token = Program(app, viewer, signed_in_program(viewer)), Program(app, viewer, token_of(viewer))
    link = reset_link(viewer)
    before = here.get_cookie(f"parley_{path.split('/')[1]}").value

    assert change(here, path).status_code == 303

    assert "Password changed" in here.get(path).text
    assert here.get_cookie(f"parley_{path.split('/')[1]}").value != before
    assert lost.get(path).status_code == 302
    assert program.get().status_code == 401
    assert own_token.get().status_code == 200
    assert browser_of(app).get(f"/{path.split('/')[1]}/reset/{link}").status_code == 404
    assert sign_in_by_form(app, viewer, PASSWORD).status_code == 401
    assert sign_in_by_form(app, viewer, NEW).status_code == 303


def test_others_keep_their_sessions(sign_in, people):
    sam = sign_in(people.sam)
    change(sign_in(people.olga), "/store/access")

    assert sam.get("/store/access").status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"current": "wrong"}, "current", "This is not your current password"),
        ({"current": ""}, "current", "Enter your password"),
        ({"new": "short"}, "password", "A password has 8 to 256 characters"),
        ({"new": "x" * 257}, "password", "A password has 8 to 256 characters"),
        ({"new": PASSWORD}, "password", "Choose another password than the one you have"),
        ({"again": "something else"}, "again", "The two new passwords are not the same"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_changes(app, sign_in, people, typed, field, message):
    browser = sign_in(people.olga)
    before = all_rows(app)

    answer = change(browser, "/store/access", **typed)

    assert answer.status_code == 422
    assert f'<a href="#{field}">{message}</a>' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert set(changed(before, all_rows(app))) <= {"sign_in_attempts", "audit_log"}
    for text in typed.values():
        assert not text or f'value="{text}"' not in answer.text


def test_guessing_the_current_password_has_the_limits_of_signing_in(sign_in, people):
    browser = sign_in(people.olga)
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        assert change(browser, "/store/access", current="wrong").status_code == 422

    refused = change(browser, "/store/access")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many attempts" in refused.text


@pytest.mark.parametrize(("who", "path"), ALL)
def test_signing_out_everywhere_else_keeps_this_browser(sign_in, people, who, path):
    viewer = getattr(people, who)
    lost, here, other = sign_in(viewer), sign_in(viewer), sign_in(people.sam)
    here.get(path)

    assert here.submit("/end-others").status_code == 303

    assert lost.get(path).status_code == 302
    assert here.get(path).status_code == 200
    assert other.get("/store/access").status_code == 200
    assert "Sign out everywhere else" not in here.get(path).text
