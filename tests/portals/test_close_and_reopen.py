"""Closing and reopening through the door: admins and store users only, twice is once, and the page changes."""

from __future__ import annotations

import pytest

from tests.factories import close, send, start
from tests.guards.rows import all_rows
from tests.portals import pages
from tests.portals.fixtures import inbox_of


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


def status(app):
    return all_rows(app)["conversations"][0]["status"]


def on_page(sign_in, viewer, conversation):
    browser = sign_in(viewer)
    browser.get(f"{inbox_of(viewer)}/{conversation.id}")
    return browser


@pytest.mark.parametrize("who", ["olga", "sam"])
def test_without_htmx_it_leads_back_to_the_thread(app, sign_in, people, conversation, who):
    browser = on_page(sign_in, getattr(people, who), conversation)
    closed = browser.submit("/close")

    assert (closed.status_code, closed.location) == (303, f"/store/messages/{conversation.id}")
    assert status(app) == "closed"
    page = browser.get(closed.location)
    assert "This conversation is closed." in page.text
    assert "Reopen conversation" in page.text
    assert 'name="body"' not in page.text

    assert browser.submit("/reopen").status_code == 303
    assert status(app) == "open"
    assert 'name="body"' in browser.get(closed.location).text


def test_htmx_gets_the_event_the_buttons_and_the_composer(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    send(people.mara, conversation, "Meanwhile")

    closed = browser.submit("/close", up_to_seq="1", htmx=True)
    tree = pages.parse(closed.text)

    assert closed.status_code == 200
    assert closed.headers["HX-Trigger"] == "live:list"
    targets = [part.get("hx-target") for part in tree.iter("hx-partial")]
    assert targets[0] == "#log-list"
    assert {"#thread-actions", "#composer-note", "#announcer"} <= set(targets)
    assert [e.get("data-seq") for e in tree.iter("li") if e.get("data-seq")] == ["2", "3"]
    assert "Closed by you" in pages.text_of(pages.by_id(tree, "m-3"))
    assert "Reopen conversation" in closed.text

    token = browser.csrf_token()
    reopened = browser.post(f"/store/messages/{conversation.id}/reopen", data={"csrf_token": token}, htmx=True)
    assert "Reopened by you" in reopened.text
    assert 'name="body"' in reopened.text


@pytest.mark.parametrize("htmx", [False, True])
def test_twice_is_once(app, sign_in, people, conversation, htmx):
    browser = on_page(sign_in, people.olga, conversation)
    answers = [browser.submit("/close", htmx=htmx) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {200 if htmx else 303}
    assert [row["kind"] for row in all_rows(app)["messages"]] == ["message", "event"]


def test_others_read_who_closed_it(sign_in, people, conversation):
    close(people.olga, conversation)
    text = sign_in(people.mara).get(f"/storefront/account/messages/{conversation.id}").text

    assert "Closed by <bdi>Olga Owner</bdi>" in text
    assert "You can no longer answer it." in text
    assert "Reopen" not in text


@pytest.mark.parametrize("verb", ["close", "reopen"])
def test_a_customer_has_no_such_action(app, sign_in, people, conversation, verb):
    browser = on_page(sign_in, people.mara, conversation)
    data = {"csrf_token": browser.csrf_token()}

    assert browser.post(f"/storefront/account/messages/{conversation.id}/{verb}", data=data).status_code == 404
    assert status(app) == "open"


@pytest.mark.parametrize("who", ["tom", "ada"])
def test_a_stranger_gets_404_where_the_member_gets_303(app, sign_in, people, conversation, who):
    answers = {}
    for viewer in (getattr(people, who), people.olga):
        browser = sign_in(viewer)
        browser.get(inbox_of(viewer))
        path = f"{inbox_of(viewer)}/{conversation.id}/close"
        answers[viewer.name] = browser.post(path, data={"csrf_token": browser.csrf_token()}).status_code

    assert list(answers.values()) == [404, 303]
