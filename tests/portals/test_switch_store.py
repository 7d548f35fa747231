"""A user of two stores acts in one at a time; a page of the store they left writes nothing and keeps the text."""

from __future__ import annotations

import pytest

from tests.factories import deactivate, start
from tests.guards.rows import all_rows, changed
from tests.portals.fixtures import browser_of

TEXT = "A long answer that must not be lost"


def switch(browser, code):
    browser.get("/store/switch")
    return browser.post("/store/switch", data={"csrf_token": browser.csrf_token(), "store": code})


def test_the_switcher_offers_ones_own_stores(sign_in, people):
    browser = sign_in(people.wim_at_harbor)
    assert "Switch store" in browser.get("/store").text
    page = browser.get("/store/switch")

    assert "Harbor Goods" in page.text
    assert "Tea Corner" in page.text
    assert browser.submit("/store/switch").status_code == 303
    assert "Tea Corner" in browser.get("/store").text
    assert "Switch store" not in sign_in(people.olga).get("/store").text


def test_what_one_sees_switches_too(sign_in, people):
    start(people.olga, people.mara_row, "At the harbor")
    start(people.tom, people.nina_row, "At the tea")
    browser = sign_in(people.wim_at_harbor)
    before = browser.get("/store/messages?scope=team").text
    switch(browser, "tea-corner")
    after = browser.get("/store/messages?scope=team").text

    assert "At the harbor" in before
    assert "At the tea" not in before
    assert "At the harbor" not in after
    assert "At the tea" in after


@pytest.mark.parametrize("code", ["harbor-goods", "no-such-store", "", "\x00"])
def test_a_store_that_is_not_mine_is_404(sign_in, people, code):
    browser = sign_in(people.tom)

    assert switch(browser, code).status_code == 404
    assert "Tea Corner" in browser.get("/store").text


def test_a_store_that_was_closed_cannot_be_switched_to(sign_in, people):
    browser = sign_in(people.wim_at_harbor)
    deactivate(people.tea)

    assert switch(browser, "tea-corner").status_code == 404


@pytest.mark.parametrize("action", ["/messages", "/close", "/read", "/unread", "/preferences"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_of_the_store_i_left_changes_nothing(app, sign_in, people, action, htmx):
    conversation = start(people.olga, people.mara_row)
    tab = sign_in(people.wim_at_harbor)
    tab.get(f"/store/messages/{conversation.id}")
    switch(another_tab(app, tab), "tea-corner")
    before = all_rows(app)

    response = tab.submit(action, body=TEXT, htmx=htmx)

    assert response.status_code == 409
    assert "You switched to Tea Corner" in response.text
    assert changed(before, all_rows(app)) == []
    if not htmx:
        assert action != "/messages" or TEXT in response.text
        assert "Switch back to Harbor Goods" in response.text


def another_tab(app, browser):
    """The same browser, with another page on screen."""
    tab = browser_of(app)
    tab.set_cookie("parley_store", browser.get_cookie("parley_store").value)
    return tab


@pytest.mark.parametrize("htmx", [False, True])
def test_a_new_conversation_from_the_store_i_left_is_not_started(app, sign_in, people, htmx):
    tab = sign_in(people.wim_at_harbor)
    tab.get("/store/messages/new")
    switch(another_tab(app, tab), "tea-corner")
    typed = {"to": f"customer:{people.mara.id}", "recipient": "Mara", "subject": "My subject", "body": TEXT}

    response = tab.submit("/new", htmx=htmx, **typed)

    assert response.status_code == 409
    assert not all_rows(app)["conversations"]
    if not htmx:
        assert all(words in response.text for words in ("Mara", "My subject", TEXT))


def test_after_switching_back_the_same_page_works_again(app, sign_in, people):
    conversation = start(people.olga, people.mara_row)
    tab = sign_in(people.wim_at_harbor)
    tab.get(f"/store/messages/{conversation.id}")
    switch(another_tab(app, tab), "tea-corner")
    page = tab.shown
    assert tab.submit("/messages", body=TEXT).status_code == 409
    assert tab.submit("/store/switch").status_code == 303
    tab.shown = page

    assert tab.submit("/messages", body=TEXT).status_code == 303


def test_pieces_and_polls_of_the_store_i_left_are_409(app, sign_in, people):
    conversation = start(people.olga, people.mara_row)
    tab = sign_in(people.wim_at_harbor)
    tab.get(f"/store/messages/{conversation.id}")
    switch(another_tab(app, tab), "tea-corner")

    for piece in ("_/rows", "_/badge", f"{conversation.id}/_/thread", f"{conversation.id}/_/messages?after=0"):
        response = tab.get(f"/store/messages/{piece}", htmx=True)
        assert response.status_code == 409, piece
        assert "You switched to Tea Corner" in response.text
    assert tab.get("/store/messages/_/news?badge=0", headers={"X-Parley-Store": "harbor-goods"}).status_code == 409


def test_a_link_to_a_thread_of_my_other_store_offers_to_switch(sign_in, people):
    conversation = start(people.olga, people.mara_row, "Secret parcel")
    browser = sign_in(people.wim_at_tea)

    page = browser.get(f"/store/messages/{conversation.id}?status=all")
    assert page.status_code == 404
    assert "This conversation belongs to Harbor Goods" in page.text
    assert "Secret parcel" not in page.text

    switched = browser.submit("/store/switch")
    assert switched.location == f"/store/messages/{conversation.id}?status=all"
    assert "Secret parcel" in browser.get(switched.location).text


def test_in_the_panel_too(sign_in, people):
    conversation = start(people.olga, people.mara_row, "Secret parcel")
    browser = sign_in(people.wim_at_tea)
    browser.get("/store/messages")

    piece = browser.get(f"/store/messages/{conversation.id}/_/thread", htmx=True)

    assert piece.status_code == 404
    assert "This conversation belongs to Harbor Goods" in piece.text
    assert "Secret parcel" not in piece.text


@pytest.mark.parametrize("who", ["tom", "ada"])
def test_a_strangers_thread_does_not_offer_it(sign_in, people, who):
    conversation = start(people.olga, people.mara_row)
    viewer = getattr(people, who)
    page = sign_in(viewer).get(f"/{viewer.side.value}/messages/{conversation.id}")

    assert page.status_code == 404
    assert "Harbor Goods" not in page.text


def test_nor_does_what_my_other_store_may_not_see(sign_in, people):
    conversation = start(people.ada, people.mara_row)

    page = sign_in(people.wim_at_tea).get(f"/store/messages/{conversation.id}")

    assert page.status_code == 404
    assert "belongs to" not in page.text
