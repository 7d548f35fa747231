"""Making and revoking a token from a phone-sized screen with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.people import People

pytestmark = pytest.mark.browser


def test_a_token_is_made_copied_and_revoked_with_the_keyboard(people: People, signed_in: SignIn) -> None:
    page = signed_in(people.olga, "/store/access")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Name").focus()
    page.keyboard.type("Order system")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Create token").press("Enter")

    token = page.get_by_label("Copy it now: it is not shown again")
    expect(token).to_have_value(re.compile("parley_.{43}"))
    made = page.request.get(
        "/api/v1/store/messages/unread-count", headers={"Authorization": f"Bearer {token.input_value()}", "Cookie": ""}
    )
    assert made.json() == {"unread_count": 0}
    page.goto("/store/access")
    expect(page.get_by_text("Read messages, Send and change")).to_be_visible()
    page.get_by_role("button", name="Revoke Order system").press("Enter")
    expect(page.get_by_text("Token revoked")).to_be_visible()
    expect(page.get_by_text("No program can act for you.")).to_be_visible()
