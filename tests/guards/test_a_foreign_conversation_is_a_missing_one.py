"""Every route of a conversation answers a stranger byte for byte as for an id that does not exist."""

from __future__ import annotations

import re

import pytest

from tests.factories import attach, change_settings, start
from tests.guards.routes import A_UUID, MISSING, Route, routes, routes_of
from tests.guards.rows import all_rows, changed
from tests.portals.fixtures import inbox_of

MEMBERS = {"store_customer": ("olga", "mara"), "admin_customer": ("ada", "mara"), "admin_store": ("ada", "olga")}
TEAM = {"store_customer": ("sam",), "admin_customer": ("ben",), "admin_store": ("ben", "sam")}
STRANGERS = {
    "store_customer": ("tom", "wim_at_tea", "luis", "nina", "ada"),
    "admin_customer": ("olga", "tom", "luis", "nina"),
    "admin_store": ("tom", "mara", "luis", "nina"),
}
CHANGING = {"Date", "Content-Length", "RateLimit", "X-Request-ID"}
JSON = {
    "send_message": {"content": "Hello"},
    "mark_unread": {"from_seq": 1},
    "set_preferences": {"email_notifications": True},
}
NOT_FOR_EVERY_MEMBER = {"delete_message", "remove_message", "report_message", "block_sender", "delete_attachment"}
"""What a member may do depends on the message: the tests of moderation ask it."""

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/"}
ALL_STRANGERS = [(channel, who) for channel, everybody in STRANGERS.items() for who in everybody if who != "wim_at_tea"]
ALL_MEMBERS = [(channel, who) for found in (MEMBERS, TEAM) for channel, all_of in found.items() for who in all_of]


def make(people, channel):
    """Start a conversation of the channel, whose id no other row has by chance."""
    match channel:
        case "store_customer":
            return start(people.olga, people.mara_row, "Secret parcel", "Secret text")
        case "admin_customer":
            return start(people.ada, people.mara_row, "Secret parcel", "Secret text")
    return start(people.ada, people.harbor, "Secret parcel", "Secret text")


def make_with_file(people, channel):
    """Start a conversation with a file in it, and return it with the file's id."""
    conversation = make(people, channel)
    return conversation, attach(people.olga if channel == "store_customer" else people.ada, conversation, "Secret.png")


def ask(browser, route: Route, conversation_id: int, headers: dict[str, str], attachment_id=A_UUID):
    """Ask a route about a conversation, and return what a stranger could tell apart."""
    token = browser.csrf_token()
    data = {"csrf_token": token, "body": "Hello", "email_notifications": "on", "up_to_seq": "1", "from_seq": "1"}
    writes = route.method not in {"GET", "HEAD"}
    carried = {"json": JSON.get(route.name, {})} if route.of_programs else {"data": data}
    response = browser.open(
        route.path(conversation_id, attachment_id),
        method=route.method,
        headers={**headers, "X-CSRF-Token": token},
        **(carried if writes else {}),
    )
    text = re.sub(r'(csrf_token" value=|X-CSRF-Token": )"[^"]+"', r"\1TOKEN", response.data.decode("utf-8", "replace"))
    sent = {name: value for name, value in response.headers.items() if name not in CHANGING}
    return response.status_code, mask(str(sent), conversation_id), mask(text, conversation_id)


def mask(text: str, conversation_id: int) -> str:
    return re.sub(rf"(messages(?:/|%2F)){conversation_id}(?!\d)", r"\1ID", text)


def routes_about(app, viewer):
    return [route for route in routes_of(app, viewer, "GET", "HEAD", "POST", "PUT", "DELETE") if route.of_conversation]


@pytest.mark.parametrize(("channel", "who"), ALL_STRANGERS)
def test_a_stranger_gets_the_answer_for_a_missing_id(app, sign_in, people, unlimited, channel, who):
    viewer = getattr(people, who)
    conversation, file = make_with_file(people, channel)
    browser, told_apart = sign_in(viewer), []
    browser.get(inbox_of(viewer))
    before = all_rows(app)

    for route in routes_about(app, viewer):
        for headers in ({}, HTMX):
            foreign = ask(browser, route, conversation.id, headers, file)
            if foreign != ask(browser, route, MISSING, headers, file) or foreign[0] not in {303, 404}:
                told_apart.append(f"{route} {headers} -> {foreign}")

    assert not told_apart
    assert not changed(before, all_rows(app))


@pytest.mark.parametrize(("channel", "who"), ALL_MEMBERS)
def test_who_may_see_it_gets_another_answer(app, sign_in, people, unlimited, channel, who):
    viewer = getattr(people, who)
    conversation, file = make_with_file(people, channel)
    browser, the_same = sign_in(viewer), []
    browser.get(inbox_of(viewer))

    for route in routes_about(app, viewer):
        for headers in ({}, HTMX):
            if not headers and "/_/" in str(route.rule):
                continue  # a piece without htmx leads to its page, whoever asks
            if route.name in NOT_FOR_EVERY_MEMBER:
                continue
            own = ask(browser, route, conversation.id, headers, file)
            if own == ask(browser, route, MISSING, headers, file) or (own[0] >= 400 and own[0] != 409):
                the_same.append(f"{route} {headers} -> {own}")

    assert not the_same


def test_a_customer_loses_the_platforms_conversation_with_the_setting(app, sign_in, people, unlimited):
    conversation, file = make_with_file(people, "admin_customer")
    browser, told_apart = sign_in(people.mara), []
    browser.get(inbox_of(people.mara))
    assert browser.get(f"{inbox_of(people.mara)}/{conversation.id}").status_code == 200

    change_settings(storefront_admin_conversations=False)

    for route in routes_about(app, people.mara):
        for headers in ({}, HTMX):
            off = ask(browser, route, conversation.id, headers, file)
            if off != ask(browser, route, MISSING, headers, file):
                told_apart.append(f"{route} {headers}")
    assert not told_apart


@pytest.mark.parametrize(("channel", "who"), ALL_STRANGERS)
def test_nothing_of_it_is_in_a_strangers_lists_polls_and_pages(app, sign_in, people, channel, who):
    viewer, conversation = getattr(people, who), make(people, channel)
    browser = sign_in(viewer)
    browser.get(inbox_of(viewer))
    pages = [route.path() for route in routes_of(app, viewer, "GET") if not route.rule.arguments]

    for path in pages:
        for query in ("", "?scope=team&status=all&q=secret", f"?open={conversation.id}&scope=team&status=all"):
            for htmx in (False, True):
                text = browser.get(path + query, htmx=htmx).text
                assert "Secret parcel" not in text, path
                assert "Secret text" not in text, path
    news = f"{inbox_of(viewer)}/_/news?badge=0&seq=0&thread="
    foreign, missing = browser.get(news + str(conversation.id)), browser.get(f"{news}{MISSING}")
    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data)


def test_the_poll_of_who_may_see_it_tells_of_it(sign_in, people):
    conversation = make(people, "store_customer")
    news = sign_in(people.mara).get(f"{inbox_of(people.mara)}/_/news?badge=0&seq=0&thread={conversation.id}")

    assert f"thread-{conversation.id}" in news.json["events"]


def test_a_user_of_two_stores_cannot_act_in_the_one_they_left(app, sign_in, people, unlimited):
    """They are told of the other store, since it is theirs, but nothing of the conversation, and nothing is done."""
    conversation = make(people, "store_customer")
    browser = sign_in(people.wim_at_tea)
    browser.get(inbox_of(people.wim_at_tea))
    before = all_rows(app)

    for route in routes_about(app, people.wim_at_tea):
        status, _, text = ask(browser, route, conversation.id, HTMX)
        assert status == 404, str(route)
        assert "Secret" not in text
    assert not changed(before, all_rows(app))


def test_the_guard_knows_the_routes_of_conversations(app):
    names = {route.name for route in routes(app) if route.of_conversation}

    assert {"conversation", "thread", "messages", "send_message", "mark_read", "close_conversation"} <= names
