"""A person hears by mail when how they sign in was changed, and weak passwords are refused where they are chosen."""

from __future__ import annotations

import pytest

from tests.factories import PASSWORD
from tests.guards.rows import all_rows
from tests.portals.test_passkeys import add
from tests.portals.test_second_step import app, clock, set_up

__all__ = ["app", "clock"]

NEW = "a quiet grey heron"


def letters(app):
    return [(row["email"], row["template"]) for row in all_rows(app)["account_letters"]]


def change(browser, path, new=NEW):
    browser.get(f"{path}/password")
    return browser.submit("/password", current=PASSWORD, password=new, again=new)


@pytest.mark.parametrize(
    ("who", "path"), [("ada", "/admin/access"), ("olga", "/store/access"), ("mara", "/storefront/account/access")]
)
def test_a_new_password_is_told(app, sign_in, people, who, path):
    viewer = getattr(people, who)
    assert change(sign_in(viewer), path).status_code == 303
    assert letters(app) == [(viewer.email, "security_notice")]


@pytest.mark.parametrize("weak", ["password1", "11111111", "Olga2026!", "harbor12"])
def test_a_weak_password_is_refused_and_nothing_is_told(app, sign_in, people, weak):
    answer = change(sign_in(people.olga), "/store/access", weak)

    assert (answer.status_code, "Choose another one" in answer.text) == (422, True)
    assert letters(app) == []


def test_every_change_of_a_second_step_is_told(app, sign_in, people, clock):
    browser = sign_in(people.olga)
    set_up(browser, "/store/access")
    add(browser, "/store/access")
    browser.get("/store/access/second-step")
    browser.submit("/codes")
    browser.get("/store/access/second-step")
    browser.submit("/remove")
    browser.get("/store/access/second-step")
    browser.submit("/off")

    assert letters(app) == [(people.olga.email, "security_notice")] * 5


def test_an_erasure_forgets_what_was_not_sent_yet(app, sign_in, people):
    change(sign_in(people.mara), "/storefront/account/access")
    ada = sign_in(people.ada)
    ada.get("/admin/people", query_string={"email": people.mara.email})
    ada.submit("/erase", typed=people.mara.email)

    assert letters(app) == []
