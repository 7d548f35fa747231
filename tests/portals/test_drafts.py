"""Keeping a draft through the door: PUT by the page's script, POST to clear it without one."""

from __future__ import annotations

import pytest

from tests.factories import keep_draft, start
from tests.portals.fixtures import inbox_of


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_a_draft_is_put_and_stands_in_the_composer_and_in_the_list(sign_in, people, conversation, who):
    viewer = getattr(people, who)
    browser, page = sign_in(viewer), f"{inbox_of(viewer)}/{conversation.id}"
    browser.get(page)
    saved = browser.put(f"{page}/draft", data={"body": "Half a <b>"}, htmx=True)
    assert (saved.status_code, saved.data) == (204, b"")

    shown = browser.get(page).text
    assert ">Half a &lt;b&gt;</textarea>" in shown
    assert '<span class="draft">Draft:</span> Half a &lt;b&gt;</span>' in shown
    assert "hidden" not in shown.partition('id="draft-note"')[2].partition(">")[0]


def test_it_is_cleared_by_a_button_without_javascript(sign_in, people, conversation):
    keep_draft(people.mara, conversation, "Half a sentence")
    browser, page = sign_in(people.mara), f"{inbox_of(people.mara)}/{conversation.id}"
    browser.get(page)
    cleared = browser.submit("/draft")

    assert (cleared.status_code, cleared.location) == (303, page)
    assert "Half a sentence" not in browser.get(page).text


def test_a_put_needs_the_token_and_a_bearable_text(sqlite_app, sign_in, people, conversation):
    browser, page = sign_in(people.olga), f"/store/messages/{conversation.id}"
    browser.get(page)

    assert browser.put(f"{page}/draft", data={"body": "x"}).status_code == 400
    assert browser.put(f"{page}/draft", data={"body": "x" * 12_001}, htmx=True).status_code == 422


def test_a_draft_that_the_page_showed_goes_with_the_reply_that_it_became(sign_in, people, conversation):
    keep_draft(people.mara, conversation, 'Half "a\nsentence')
    browser, page = sign_in(people.mara), f"{inbox_of(people.mara)}/{conversation.id}"
    browser.get(page)
    assert browser.submit("/messages", body="A whole one").status_code == 303
    assert "Draft restored</span>" in (shown := browser.get(page).text)
    assert "hidden" in shown.partition('id="draft-note"')[2].partition(">")[0]
    assert "a\nsentence" not in shown


def test_a_refused_reply_shows_what_was_typed_and_no_note(sign_in, people, conversation):
    keep_draft(people.mara, conversation, "Older")
    browser, page = sign_in(people.mara), f"{inbox_of(people.mara)}/{conversation.id}"
    browser.get(page)
    refused = browser.submit("/messages", body="x" * 10_001)

    assert refused.status_code == 422
    assert "hidden" in refused.text.partition('id="draft-note"')[2].partition(">")[0]
