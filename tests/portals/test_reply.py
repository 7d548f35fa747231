"""Replying: the change for htmx, 303 without it, once per key, and the text is kept whatever is refused."""

from __future__ import annotations

import uuid

import pytest

from tests.factories import close, send, start
from tests.guards.rows import all_rows
from tests.portals import pages
from tests.portals.fixtures import inbox_of

TEXT = "A long answer that must not be lost"
BAD_TEXTS = {
    "": "Enter a message",
    "  \n\t ": "Enter a message",
    "x" * 10_001: "1 characters too long",
    "a\x00b": "U+0000",
    "a\x1bb": "U+001B",
}


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row, "Late parcel", "Hello")


def contents(app):
    return [row["content"] for row in all_rows(app)["messages"] if row["kind"] == "message"]


def on_page(sign_in, viewer, conversation):
    """Open the conversation's page as the viewer."""
    browser = sign_in(viewer)
    browser.get(f"{inbox_of(viewer)}/{conversation.id}")
    return browser


@pytest.mark.parametrize("body", ["", "x" * 10_001, "Hello"])
def test_what_cannot_be_sent_to_a_foreign_conversation_is_not_found_either(app, sign_in, people, conversation, body):
    foreign = start(people.olga, people.luis_row, "Secret parcel", "Secret text")
    mara = on_page(sign_in, people.mara, conversation)
    form = {"csrf_token": mara.csrf_token(), "body": body, "client_key": str(uuid.uuid4())}
    answers = {
        mara.post(f"{inbox_of(people.mara)}/{number}/messages", data=form).status_code
        for number in (foreign.id, 987_654, 10**30)
    }

    assert answers == {404}
    assert "Secret" not in mara.post(f"{inbox_of(people.mara)}/{foreign.id}/messages", data=form).text
    assert len([row for row in all_rows(app)["messages"] if row["kind"].value == "message"]) == 2


@pytest.mark.parametrize("who", ["olga", "sam", "mara"])
def test_without_htmx_it_leads_to_the_new_message(app, sign_in, people, conversation, who):
    browser = on_page(sign_in, getattr(people, who), conversation)

    response = browser.submit("/messages", body="  My answer\r\nin two lines  ")

    assert response.status_code == 303
    assert response.location == f"{inbox_of(getattr(people, who))}/{conversation.id}#m-2"
    assert contents(app) == ["Hello", "My answer\nin two lines"]


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_htmx_gets_what_changes_on_the_page(sign_in, people, conversation, who):
    browser = on_page(sign_in, getattr(people, who), conversation)

    response = browser.submit("/messages", body="My answer", htmx=True)
    tree = pages.parse(response.text)

    targets = [part.get("hx-target") for part in tree.iter("hx-partial")]
    assert targets[0] == "#log-list"
    assert {"#marks", "#reply-fields", "#messages-link", "#announcer"} <= set(targets)
    assert "My answer" in pages.text_of(pages.by_id(tree, "m-2"))
    assert pages.by_id(tree, "body").text is None
    assert response.headers["HX-Trigger"] == "live:list"
    assert next(e.get("value") for e in tree.iter("input") if e.get("name") == "client_key")


def test_what_arrived_meanwhile_comes_with_the_answer(sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    send(people.mara, conversation, "Meanwhile")

    tree = pages.parse(browser.submit("/messages", body="My answer", htmx=True).text)

    assert [e.get("data-seq") for e in tree.iter("li") if e.get("data-seq")] == ["2", "3"]
    assert "Messages, 1 unread" in [e.get("aria-label") for e in tree.iter("a")], "it was not on the page yet"


def test_answering_marks_read_what_the_page_showed(sign_in, people, conversation):
    browser = on_page(sign_in, people.mara, conversation)
    assert "Messages, 1 unread" in browser.shown[1]
    browser.submit("/messages", body="My answer")

    assert "unread" not in pages.by_id(
        pages.parse(browser.get("/storefront/account").text), "messages-link"
    ).get("aria-label")  # fmt: skip


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("text", "words"), BAD_TEXTS.items(), ids=[f"{text[:4]!r}" for text in BAD_TEXTS])
def test_a_bad_text_is_422_and_is_kept(app, sign_in, people, conversation, text, words, htmx):
    browser = on_page(sign_in, people.olga, conversation)
    form = browser.form("/messages")
    raw = {**pages.fields(form), "body": text.encode("utf-8", "surrogatepass")}

    response = browser.post(form.get("action"), data=raw, htmx=htmx)

    assert response.status_code == 422
    assert words in response.text
    assert contents(app) == ["Hello"]
    if htmx:
        assert "<textarea" not in response.text, "a form that is rendered again loses its files"
    else:
        kept = pages.fields(browser.form("/messages"))["body"]
        assert kept == "".join(character for character in text if character not in "\x00\x1b")


def test_bytes_that_are_no_text_are_taken_as_they_can_be_shown(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    form = browser.form("/messages")
    data = {**pages.fields(form), "body": "a\ud800b".encode("utf-8", "surrogatepass")}

    assert browser.post(form.get("action"), data=data).status_code == 303
    assert "\ud800" not in contents(app)[-1]


def test_ten_thousand_characters_are_enough_and_one_more_is_kept(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    refused = browser.submit("/messages", body="ä" * 10_001)
    assert refused.status_code == 422
    assert pages.fields(browser.form("/messages"))["body"] == "ä" * 10_001

    assert browser.submit("/messages", body="ä" * 10_000).status_code == 303
    assert contents(app)[-1] == "ä" * 10_000


@pytest.mark.parametrize("htmx", [False, True])
def test_a_closed_conversation_is_409_and_the_text_is_kept(app, sign_in, people, conversation, htmx):
    browser = on_page(sign_in, people.mara, conversation)
    close(people.olga, conversation)

    response = browser.submit("/messages", body=TEXT, htmx=htmx)

    assert response.status_code == 409
    assert "This conversation was closed. Your message was not sent." in response.text
    assert htmx or TEXT in response.text
    assert contents(app) == ["Hello"]


@pytest.mark.parametrize("htmx", [False, True])
def test_the_same_key_twice_is_one_message(app, sign_in, people, conversation, htmx):
    browser = on_page(sign_in, people.olga, conversation)
    key = str(uuid.uuid4())
    answers = [browser.post(
        f"/store/messages/{conversation.id}/messages", htmx=htmx,
        data={"csrf_token": browser.csrf_token(), "body": "Once", "client_key": key, "up_to_seq": "1"},
    ) for _ in range(3)]  # fmt: skip

    assert {answer.status_code for answer in answers} == {200 if htmx else 303}
    assert len({answer.location for answer in answers}) == 1
    assert contents(app) == ["Hello", "Once"]


def test_a_key_for_another_text_is_409_and_the_text_is_kept(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    key = str(uuid.uuid4())
    assert browser.submit("/messages", body="Once", client_key=key).status_code == 303
    browser.get(f"/store/messages/{conversation.id}")

    refused = browser.submit("/messages", body=TEXT, client_key=key)

    assert refused.status_code == 409
    assert pages.fields(browser.form("/messages"))["body"] == TEXT
    assert browser.submit("/messages").status_code == 303, "the page that kept the text has a new key"
    assert contents(app) == ["Hello", "Once", TEXT]


@pytest.mark.parametrize("key", ["x", "\x00", "0" * 400, "\ud800"])
def test_a_key_that_is_none_is_422(app, sign_in, people, conversation, key):
    browser = on_page(sign_in, people.olga, conversation)
    form = browser.form("/messages")
    data = {**pages.fields(form), "body": TEXT, "client_key": key.encode("utf-8", "surrogatepass")}

    assert browser.post(form.get("action"), data=data).status_code == 422
    assert contents(app) == ["Hello"]


@pytest.mark.parametrize("mark", ["", "x", "-1", "0", "9" * 20, "-" + "9" * 20, "1.5", "\x00"])
def test_no_read_mark_breaks_a_reply(sign_in, people, conversation, mark):
    browser = on_page(sign_in, people.olga, conversation)

    assert browser.submit("/messages", body="Hello", up_to_seq=mark).status_code in {303, 422}
    browser.get(f"/store/messages/{conversation.id}")
    assert browser.submit("/messages", body="Hello", up_to_seq=mark, htmx=True).status_code in {200, 422}


def test_who_sends_is_never_in_the_form(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    browser.submit("/messages", body="Mine", sender_id=str(people.mara.id), sender_type="customer", store_id="2")
    last = all_rows(app)["messages"][-1]

    assert (last["sender_type"], last["sender_id"], last["store_id"]) == ("store", people.olga.id, people.harbor.id)


def test_a_strangers_reply_is_404_and_stores_nothing(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.tom, conversation)
    response = browser.post(
        f"/store/messages/{conversation.id}/messages", data={"csrf_token": browser.csrf_token(), "body": TEXT}
    )

    assert response.status_code == 404
    assert contents(app) == ["Hello"]
