"""The storefront's colour: owners choose it, customers see it, and nobody sees one that cannot be read."""

from __future__ import annotations

import gzip

import pytest

from tests.people import People


def save(browser, colour: str):
    return browser.post("/store/look", data={"csrf_token": browser.csrf_token(), "accent": colour})


def test_an_owner_chooses_it_and_the_customers_of_the_store_see_it(sign_in, people: People):
    owner = sign_in(people.olga)
    owner.get("/store/look")

    assert save(owner, "#0B6464").status_code == 303
    assert 'value="#0b6464"' in owner.get("/store/look").text
    assert "/colours/0b6464.css" in sign_in(people.mara).get("/storefront/account").text
    assert "/colours/" not in sign_in(people.nina).get("/storefront/account").text
    assert "/colours/" not in owner.get("/store/messages").text


def test_a_pale_one_is_refused_with_its_contrast_and_nothing_changes(sign_in, people: People):
    owner = sign_in(people.olga)
    owner.get("/store/look")

    refused = save(owner, "#ffd400")

    assert refused.status_code == 422
    assert "This colour has a contrast of 1.4 to 1 on white" in refused.text
    assert 'value="#ffd400"' in refused.text
    assert "/colours/" not in sign_in(people.mara).get("/storefront/account").text


def test_an_agent_may_not(sign_in, people: People):
    agent = sign_in(people.sam)
    agent.get("/store/messages")

    assert agent.get("/store/look").status_code == 403
    assert save(agent, "#0b6464").status_code == 403


def test_the_sheet_is_for_everybody_to_keep_and_holds_nothing_else(sqlite_app):
    client = sqlite_app.test_client()
    sheet = client.get("/colours/0b6464.css")

    assert sheet.mimetype == "text/css"
    assert sheet.headers["Cache-Control"].startswith("public")
    assert "--accent:light-dark(#0b6464," in sheet.text
    assert client.get("/colours/ffd400.css").status_code == 404
    assert client.get("/colours/red;}.css").status_code == 404


def test_static_files_travel_compressed(sqlite_app):
    client = sqlite_app.test_client()
    headers = {"Accept-Encoding": "gzip"}
    with client.get("/static/css/app.css", headers=headers) as packed, client.get("/static/css/app.css") as plain:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 3
        assert "Accept-Encoding" in packed.headers["Vary"]
        known = {**headers, "If-None-Match": packed.headers["ETag"]}
    with client.get("/static/css/app.css", headers=known) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_that_somebody_goes_to_travels_compressed_and_no_two_have_one_length(sqlite_app, site):
    client = sqlite_app.test_client()
    headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": site}
    packed = [client.get("/store/login", headers=headers) for _ in range(20)]
    assert {one.headers["Content-Encoding"] for one in packed} == {"gzip"}
    assert all("Accept-Encoding" in one.headers["Vary"] for one in packed)
    assert gzip.decompress(packed[0].data).endswith(b"</html>")
    lengths = [len(one.data) for one in packed]
    assert max(lengths) - min(lengths) > 20


@pytest.mark.parametrize(
    ("mode", "site"),
    [("navigate", "cross-site"), ("navigate", "same-site"), ("cors", "same-origin"), ("no-cors", "none"), (None, None)],
)
def test_what_can_be_asked_for_again_and_again_is_not_compressed(sqlite_app, mode, site):
    """BREACH: a length that somebody else can make a browser ask for tells of the secrets in it."""
    asked = {"Sec-Fetch-Mode": mode, "Sec-Fetch-Site": site} if mode else {}
    answer = sqlite_app.test_client().get("/store/login", headers={"Accept-Encoding": "gzip", **asked})
    assert "Content-Encoding" not in answer.headers
