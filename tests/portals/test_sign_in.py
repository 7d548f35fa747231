"""Signing in: one answer for every failure, only to pages of one's own portal, three portals side by side."""

from __future__ import annotations

import re

import pytest

from tests.factories import PASSWORD, deactivate, email_of, start
from tests.guards.rows import all_rows

LOGINS = {"ada": "/admin/login", "olga": "/store/login", "mara": "/storefront/login?store=harbor-goods"}
HOMES = {"ada": "/admin/messages", "olga": "/store/messages", "mara": "/storefront/account"}


def type_in(browser, login, email, password=PASSWORD):
    browser.get(login)
    return browser.submit("/login", email=email, password=password)


@pytest.mark.parametrize("who", LOGINS)
def test_the_right_password_leads_to_the_portals_start(stranger, people, who):
    response = type_in(stranger, LOGINS[who], getattr(people, who).email)

    assert (response.status_code, response.location) == (303, HOMES[who])
    assert stranger.get(response.location).status_code == 200


def test_an_address_is_the_same_in_any_case(stranger, people):
    assert type_in(stranger, LOGINS["olga"], "  Olga.OWNER@example.com ").status_code == 303


@pytest.mark.parametrize("who", LOGINS)
def test_an_unknown_address_reads_like_a_wrong_password(stranger, people, who):
    email = getattr(people, who).email
    wrong = type_in(stranger, LOGINS[who], email, "not this one")
    unknown = type_in(stranger, LOGINS[who], "nobody@example.com", PASSWORD)

    assert wrong.status_code == unknown.status_code == 401
    assert "The email or the password is not right" in wrong.text
    assert same(wrong, email) == same(unknown, "nobody@example.com")


def same(response, email):
    return re.sub(r'csrf_token" value="[^"]+"', "", response.text).replace(email, "EMAIL")


@pytest.mark.parametrize(
    ("login", "email"),
    [
        ("/admin/login", "olga.owner@example.com"),
        ("/store/login", "ada.admin@example.com"),
        ("/store/login", "mara.lind@example.com"),
        ("/storefront/login?store=harbor-goods", "olga.owner@example.com"),
        ("/storefront/login?store=tea-corner", "mara.lind@example.com"),
    ],
)
def test_an_account_opens_its_own_door_only(stranger, people, login, email):
    assert type_in(stranger, login, email).status_code == 401


def test_an_empty_form_says_what_is_missing_and_keeps_the_rest(stranger, people):
    stranger.get("/store/login")
    response = stranger.submit("/login", email="", password="")
    assert response.status_code == 422
    assert "Enter your email address" in response.text
    assert "Enter your password" in response.text
    assert "<title>Error: Sign in" in response.text

    assert 'value="olga@example.com"' in stranger.submit("/login", email="olga@example.com", password="").text


def test_a_password_is_never_in_an_answer(stranger, people):
    assert "not-this-one" not in type_in(stranger, "/store/login", people.olga.email, "not-this-one").text


def test_the_form_goes_back_to_the_page_that_was_asked_for(stranger, people):
    conversation = start(people.olga, people.mara_row)
    wanted = f"/store/messages/{conversation.id}?status=all&q=a+b"
    to_login = stranger.get(wanted)
    assert to_login.status_code == 302

    response = type_in(stranger, to_login.location, people.olga.email)

    assert (response.status_code, response.location) == (303, wanted)


def test_a_wrong_password_first_does_not_lose_the_page(stranger, people):
    stranger.get("/store/login?next=/store/messages/new")
    stranger.submit("/login", email=people.olga.email, password="wrong")

    assert stranger.submit("/login", email=people.olga.email, password=PASSWORD).location == "/store/messages/new"


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.test",
        "//evil.test/store/messages",
        "/\\evil.test",
        "\\/evil.test",
        "///evil.test",
        "https://evil.test/store/messages",
        "http:/store/messages",
        "javascript:alert(1)",
        "evil.test",
        "/store/../../evil",
        "/store//evil.test",
        "/admin/messages",
        "/storefront/account",
        "/storefront/account/messages/1",
        "/store/messages/_/rows",
        "/store/messages/1/_/thread",
        "/store/login",
        "/store/logout",
        "/store/messages/1/close",
        "/store/nothing",
        "/health",
        "/store/messages\nSet-Cookie: a=b",
        "/store/messages\x00",
        "/store/messages?a=\u202e",
        "",
    ],
)
def test_next_leads_to_nothing_but_a_page_of_this_portal(stranger, people, evil):
    stranger.get("/store/login")

    assert stranger.submit("/login", email=people.olga.email, password=PASSWORD, next=evil).location == HOMES["olga"]


def test_who_is_signed_in_already_is_led_on(sign_in, people):
    browser = sign_in(people.olga)

    assert browser.get("/store/login?next=/store/messages/new").location == "/store/messages/new"
    assert browser.get("/store/login?next=//evil.test").location == HOMES["olga"]


def test_one_browser_can_be_in_three_portals_at_once(stranger, people):
    for who, login in LOGINS.items():
        assert type_in(stranger, login, getattr(people, who).email).status_code == 303

    for who, home in HOMES.items():
        page = stranger.get(home)
        assert page.status_code == 200
        assert getattr(people, who).name in page.text


def test_signing_in_again_ends_the_browsers_former_session(app, stranger, people):
    type_in(stranger, LOGINS["olga"], people.olga.email)
    former = stranger.get_cookie("parley_store").value
    stranger.get("/store")
    token = stranger.csrf_token()
    login = {"email": people.sam.email, "password": PASSWORD, "csrf_token": token}
    assert stranger.post("/store/login", data=login).status_code == 303

    assert stranger.get_cookie("parley_store").value != former
    assert len(all_rows(app)["sessions"]) == 1


@pytest.mark.parametrize("code", ["no-such-store", "x" * 5000, "harbor-goods'--", "\x00", "😀"])
def test_a_storefront_that_does_not_exist_is_404_and_names_no_store(stranger, people, code):
    response = stranger.get("/storefront/login", query_string={"store": code})

    assert response.status_code == 404
    assert "There is no such store" in response.text
    assert "Harbor Goods" not in response.text


def test_a_storefront_without_a_store_asks_which(stranger, people):
    response = stranger.get("/storefront/login")

    assert response.status_code == 200
    assert "Which store?" in response.text
    assert "Harbor Goods" not in response.text


def test_the_storefronts_way_in_keeps_its_store(stranger, people):
    assert stranger.get("/storefront/account?store=harbor-goods").location.endswith("&store=harbor-goods")


def test_a_closed_store_has_no_door(stranger, people):
    deactivate(people.harbor)

    assert stranger.get("/storefront/login?store=harbor-goods").status_code == 404
    assert type_in(stranger, "/store/login", people.olga.email).status_code == 401


def test_after_too_many_tries_the_answer_says_how_long_to_wait(stranger, people):
    for _ in range(5):
        assert type_in(stranger, "/store/login", people.olga.email, "wrong").status_code == 401

    response = type_in(stranger, "/store/login", people.olga.email)

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 15 * 60 + 1
    assert "Too many attempts. Try again in" in response.text
    assert type_in(stranger, "/store/login", people.sam.email).status_code == 303, "another account is not locked"


@pytest.mark.parametrize("field", ["email", "password", "store", "next"])
@pytest.mark.parametrize("value", ["\x00", "a\x00b", "\ud800", "x" * 100_000, "'", "%", "😀" * 300])
def test_no_text_breaks_the_form(stranger, people, field, value):
    stranger.get(LOGINS["mara"])
    form = {"email": email_of("Mara Lind"), "password": "x", field: value.encode("utf-8", "surrogatepass")}

    assert stranger.submit("/login", **form).status_code in {401, 404, 422}


def test_the_demos_sign_in_does_not_exist_without_the_demo(stranger, people):
    stranger.get("/store/login")

    assert stranger.post("/store/demo-sign-in", data={"csrf_token": stranger.csrf_token()}).status_code in {302, 404}
    assert "one click" not in stranger.get("/store/login").text
