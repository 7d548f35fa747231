"""The page of sessions and tokens: one's own only, a token shown once, and everything ended at once."""

from __future__ import annotations

import re

import pytest

from tests.api.program import Program
from tests.guards.rows import all_rows
from tests.portals import pages

PAGES = {"ada": "/admin/access", "olga": "/store/access", "mara": "/storefront/account/access"}
ALL = [pytest.param(who, path, id=who) for who, path in PAGES.items()]


def create(browser, path, **typed):
    browser.get(path)
    form = {"name": "Stock 7", "scopes": "messages:read", "days": "30", **typed}
    return browser.submit("/access/tokens", **form)


def shown_token(page):
    return re.search(r'id="new-token"[^>]* value="([^"]+)"', page.text)[1]


@pytest.mark.parametrize(("who", "path"), ALL)
def test_a_token_is_made_and_shown_once(app, sign_in, people, who, path):
    viewer = getattr(people, who)
    browser = sign_in(viewer)

    made = create(browser, path)

    assert made.status_code == 201
    token = shown_token(made)
    assert Program(app, viewer, token).get().status_code == 200
    assert Program(app, viewer, token).put("/1/read").status_code == 403
    again = browser.get(path)
    assert token not in again.text
    assert "Stock 7" in again.text
    assert token not in str(all_rows(app))
    assert all(token not in str(cookie) for cookie in browser._cookies.values())


@pytest.mark.parametrize(("who", "path"), ALL)
def test_revoking_ends_it_at_once(app, sign_in, people, who, path):
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    token = shown_token(create(browser, path))
    browser.get(path)

    answer = browser.submit("/revoke")

    assert answer.status_code == 303
    assert Program(app, viewer, token).get().status_code == 401
    assert "Token revoked" in browser.get(path).text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": " "}, "Enter a name of 1 to 60 characters"),
        ({"scopes": "everything"}, "Choose what the token may be used for"),
        ({"days": "9999"}, "Choose 1 to 365 days"),
        ({"days": "x"}, "Choose 1 to 365 days"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_rest_is_kept(app, sign_in, people, typed, message):
    answer = create(sign_in(people.olga), PAGES["olga"], **{"name": "<b>Orders</b>", **typed})

    assert answer.status_code == 422
    assert message in answer.text
    assert answer.text.count('id="error-summary"') == 1
    if "name" not in typed:
        assert 'value="&lt;b&gt;Orders&lt;/b&gt;"' in answer.text
    assert all_rows(app)["api_tokens"] == []


def test_a_name_is_only_text(sign_in, people):
    browser = sign_in(people.olga)
    create(browser, PAGES["olga"], name="<script>alert(1)</script>")

    assert "<script>alert(1)" not in browser.get(PAGES["olga"]).text


def test_nobody_revokes_what_is_not_theirs(app, sign_in, people):
    token = shown_token(create(sign_in(people.olga), PAGES["olga"]))
    (row,) = all_rows(app)["api_tokens"]

    for who, path in (("sam", PAGES["olga"]), ("ada", PAGES["ada"]), ("mara", PAGES["mara"])):
        browser = sign_in(getattr(people, who))
        browser.get(path)
        answer = browser.post(f"{path}/tokens/{row['id']}/revoke", data={**hidden(browser)})
        assert answer.status_code == 404
        assert "Stock 7" not in browser.get(path).text
    assert Program(app, people.olga, token).get().status_code == 200


def hidden(browser):
    return pages.fields(browser.form("/access/tokens"))


@pytest.mark.parametrize(("who", "path"), ALL)
def test_another_browser_is_signed_out_from_here(sign_in, people, who, path):
    viewer = getattr(people, who)
    lost, here = sign_in(viewer), sign_in(viewer)
    page = here.get(path)
    assert page.text.count("This browser") == 1

    assert here.submit("/sessions/end").status_code == 303

    assert lost.get(path).status_code == 302
    assert here.get(path).status_code == 200


def test_nobody_ends_the_session_of_another(app, sign_in, people):
    olga, sam = sign_in(people.olga), sign_in(people.sam)
    sam.get(PAGES["olga"])
    of_olga = next(row["token_hash"] for row in all_rows(app)["sessions"] if row["user_id"] == people.olga.id)

    carried = hidden(sam)
    for wanted in (of_olga, "", "x", "\x00"):
        assert sam.post("/store/access/sessions/end", data={**carried, "session": wanted}).status_code == 404
    assert olga.get(PAGES["olga"]).status_code == 200
    assert of_olga not in sam.get(PAGES["olga"]).text


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
            "Safari/537.36 Edg/130.0.0.0",
            "Edge on Windows",
        ),
        ("python-httpx/0.28.1", "python-httpx"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_have_names(app, user_agent, words):
    assert app.jinja_env.filters["device"](user_agent) == words
