"""The storefront remembers which store a customer signed in to, and nothing else: the cookie signs nobody in."""

from __future__ import annotations

from tests.factories import PASSWORD


def test_after_signing_out_the_sign_in_page_knows_the_store(stranger, people):
    stranger.get("/storefront/login?store=tea-corner")
    assert stranger.submit("/login", email=people.nina.email, password=PASSWORD).status_code == 303
    stranger.delete_cookie("parley_storefront")

    assert stranger.get("/storefront/account").status_code == 302
    assert "Sign in to Tea Corner" in stranger.get("/storefront/login").text
    assert "Sign in to Harbor Goods" in stranger.get("/storefront/login?store=harbor-goods").text


def test_a_cookie_of_ones_own_making_shows_a_sign_in_page_at_most(stranger, people):
    for value in ("harbor-goods", "nothing", "x" * 3000, "%00"):
        stranger.set_cookie("parley_storefront_store", value)
        assert stranger.get("/storefront/login").status_code in {200, 404}
        assert stranger.get("/storefront/account").status_code == 302
