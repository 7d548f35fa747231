"""POST appearance: what somebody chooses for their pages is there on the next one, in every portal."""

from __future__ import annotations

import pytest

from tests.people import People
from tests.portals.fixtures import inbox_of

PORTALS = {"ada": "/admin", "olga": "/store", "mara": "/storefront"}


@pytest.mark.parametrize("who", PORTALS)
def test_a_theme_is_kept_and_leads_back_to_the_page(sign_in, people: People, who: str):
    viewer = getattr(people, who)
    browser, inbox = sign_in(viewer), inbox_of(viewer)
    browser.get(inbox)
    data = {"csrf_token": browser.csrf_token(), "theme": "dark", "density": "huge", "unknown": "1"}

    response = browser.post(
        f"{PORTALS[who]}/appearance", data=data, headers={"Referer": f"http://localhost{inbox}?status=closed"}
    )

    assert (response.status_code, response.location) == (303, f"{inbox}?status=closed")
    page = browser.get(inbox).text
    assert 'data-theme="dark"' in page
    assert 'data-density="comfortable"' in page


@pytest.mark.parametrize("referer", ["https://evil.test/store", "http://localhost/nowhere", "http://[", None])
def test_it_leads_nowhere_else(sign_in, people: People, referer: str | None):
    browser = sign_in(people.olga)
    browser.get("/store/messages")
    headers = {"Referer": referer} if referer else {}

    response = browser.post("/store/appearance", data={"csrf_token": browser.csrf_token()}, headers=headers)

    assert response.status_code == 303
    assert response.location in {"/store/messages", "/store"}
